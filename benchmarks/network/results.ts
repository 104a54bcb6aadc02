/** One upload of all clients at once. */
export interface UploadRow {
  readonly carrier: "HTTPS" | "NATS";
  readonly clients: number;
  readonly wallSeconds: number;
  readonly slowestSeconds: number;
  /** What the slowest took to fetch the request of the same size, before. */
  readonly fetchSeconds: number;
  /** Of the server, until all had answered. */
  readonly cpuSeconds: number;
  readonly beforeMiB: number;
  readonly receivingMiB: number;
  readonly aggregatingMiB: number;
}

export interface OverheadRow {
  readonly record: "SQLite" | "PostgreSQL";
  readonly clients: number;
  readonly checkpointSeconds: number;
  /** Of each round. */
  readonly ms: readonly number[];
  /** Of the server for a round. */
  readonly cpuMs: number;
}

export interface FleetRow {
  readonly seconds: number;
  readonly ms: readonly number[];
  /** Answers that counted, over all rounds. */
  readonly counted: number;
  readonly silent: number;
  readonly failed: number;
  readonly wrong: number;
  readonly twice: number;
  readonly late: number;
  readonly retries: number;
  /** Of the server after each round. */
  readonly residentMiB: readonly number[];
  /** In use after rounds 10, 50 and 100. */
  readonly liveMiB: readonly number[];
}

export interface FuzzRow {
  readonly what: "frames" | "messages";
  readonly count: number;
  /** By what came of them. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Resident after a tenth, and the most at any time. */
  readonly earlyMiB: number;
  readonly peakMiB: number;
}

/** Undefined where it was not measured. */
export interface NetworkResults {
  readonly machine: string;
  readonly date: string;
  /** Of the last minute, when each part began. */
  readonly load: Readonly<Record<string, number>>;
  readonly upload?: readonly UploadRow[];
  readonly overhead?: readonly OverheadRow[];
  readonly fleet?: FleetRow;
  readonly fuzz?: readonly FuzzRow[];
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(part * (sorted.length - 1))]!;
}
