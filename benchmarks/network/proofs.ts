/** One run that was killed on and on, beside the same run in peace. */
export interface KillPass {
  readonly noise: string;
  readonly date: string;
  readonly kills: number;
  /** Of them, at instants of the clock rather than at a transition of the record or of a silo. */
  readonly atRandom: number;
  /** Kills by what the killed process had done last. */
  readonly after: Readonly<Record<string, number>>;
  /** That are compared by their hashes. */
  readonly messages: number;
  /** What differs. */
  readonly problems: readonly string[];
}

/** Runs through a proxy that damages what passes. */
export interface FaultProof {
  readonly date: string;
  readonly rows: readonly {
    readonly carrier: string;
    readonly runs: number;
    readonly faults: number;
    /** Runs that came to other numbers, or to no end in time. */
    readonly different: number;
  }[];
  readonly kinds: Readonly<Record<string, number>>;
}

/** One method of one experiment, in one process and across many. */
export interface EqualityRow {
  readonly experiment: string;
  readonly data: "synthetic" | "real";
  readonly method: string;
  readonly silos: number;
  readonly namespaces: boolean;
  /** Metrics by client and round that are compared. */
  readonly lines: number;
  readonly bytesUp: number;
  /** Bytes of the global model that is compared by its hash; 0 of a method without one. */
  readonly modelBytes: number;
  /** "the same", or what differs. */
  readonly verdict: string;
  readonly date: string;
}

export interface Proofs {
  readonly machine: string;
  readonly kills?: readonly KillPass[];
  readonly faults?: FaultProof;
  readonly equality?: readonly EqualityRow[];
}

export const today = () => new Date().toISOString().slice(0, 10);
