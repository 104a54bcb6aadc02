import type { Sha256 } from "../blobs/types.ts";

/** What travels in one call, before it is signed: words, and possibly bytes. */
export interface Packet {
  /** JSON that the schema of its operation describes. */
  readonly params: unknown;
  readonly body: Uint8Array;
}

/** A cell of a run: one method trained with one seed. */
export interface CellKey {
  readonly run: string;
  readonly seed: number;
  readonly method: string;
}

/** Bytes that lie with the server, or are claimed by a client. */
export interface Claim {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
}

/** What a silo is told to do next. Every order may come again; doing it twice is doing it once. */
export type Order =
  /** Look at a run, and accept or refuse it. */
  | { readonly kind: "job"; readonly run: string; readonly job: Claim }
  /** Answer one request of a cell; requests of a cell are numbered from 1 on, and numbers may be left out. */
  | {
      readonly kind: "request";
      readonly cell: CellKey;
      readonly seq: number;
      readonly request: Claim;
    }
  /** The cell is over: report its account, and close it. */
  | { readonly kind: "close"; readonly cell: CellKey }
  /** The run is over or was cancelled: forget its state. */
  | { readonly kind: "forget"; readonly run: string };

/** What a silo is sent once for every run: data, never code. */
export interface Job {
  readonly protocol: 1;
  readonly run: string;
  readonly name: string;
  /** The experiment as it was resolved. */
  readonly experiment: Record<string, unknown>;
  /** For this silo: the party that it is in every method, by method name. */
  readonly parties: Readonly<Record<string, string>>;
  /** Methods that run, in their order; those that need everybody's rows in one place are left out. */
  readonly methods: readonly string[];
}
