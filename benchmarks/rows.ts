/** One line of results.json: a workload against an opponent on so many threads. */
export interface Row {
  readonly workload: string;
  readonly against: string;
  readonly threads: number;
  /** Median of ours over median of theirs; null where theirs was not measured. */
  readonly ratio: number | null;
  readonly goal: number;
  /** Quartiles of the ratios of neighbouring blocks. */
  readonly spread: readonly [number, number] | null;
  /** Median milliseconds of a step. */
  readonly oursMs: number;
  readonly theirsMs: number | null;
}

export interface Results {
  readonly machine: string;
  readonly versions: string;
  readonly date: string;
  readonly rows: readonly Row[];
}

const keyOf = ({ workload, against, threads }: Row) => `${workload}/${against}/${threads}`;

/** The old rows, with those replaced that were measured again; in the order of `order`. */
export function merged(
  old: readonly Row[],
  fresh: readonly Row[],
  order: readonly string[],
): Row[] {
  const rows = new Map([...old, ...fresh].map((row) => [keyOf(row), row]));
  return [...rows.values()]
    .filter(({ workload }) => order.includes(workload))
    .toSorted(
      (a, b) => order.indexOf(a.workload) - order.indexOf(b.workload) || a.threads - b.threads,
    );
}

const number = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1));

/** The table of docs/results/engine.md. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(
    ({ workload, against, threads, ratio, goal, spread, oursMs, theirsMs }) => [
      workload,
      against,
      String(threads),
      number(oursMs),
      theirsMs === null ? "not measured" : number(theirsMs),
      ratio === null ? "not measured" : ratio.toFixed(2),
      spread === null ? "" : `${spread[0].toFixed(2)} to ${spread[1].toFixed(2)}`,
      goal.toFixed(2),
      ratio === null ? "" : ratio <= goal ? "met" : "missed",
    ],
  );
  const head = [
    "workload",
    "against",
    "threads",
    "ours, ms",
    "theirs, ms",
    "ratio",
    "quartiles",
    "goal",
    "",
  ];
  const line = (columns: readonly string[]) => `| ${columns.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...cells.map(line)].join("\n");
}
