/** Something to be timed: our side of a comparison. */
export interface Workload {
  readonly name: string;
  /** The other sides, each a name that torch/workloads.py knows, and the ratio we set out to reach. */
  readonly opponents: readonly Opponent[];
  /** Makes everything ready; a step is then what is timed. */
  readonly prepare: (threads: number) => Promise<Prepared>;
}

export interface Opponent {
  readonly label: string;
  /** Candidates in torch/workloads.py; the fastest of them is the opponent. */
  readonly candidates: readonly string[];
  /** Ours over theirs, time; lower is better. */
  readonly goal: number;
}

export interface Prepared {
  readonly step: () => Promise<void>;
  readonly close: () => Promise<void>;
}
