import { decodeState, encodeState } from "@atoll/core/federation";

/** The server's side of a checkpoint. */
export interface Checkpoint {
  /** The server loop's own state, as it gave it. */
  readonly server: Uint8Array;
  /** Which checkpoint of the cell: names the parties' files that belong to it. */
  readonly number: number;
  /** Lines of `metrics.jsonl` that the cell had written. */
  readonly lines: number;
  readonly elapsedMs: number;
}

export function encodeCheckpoint({ server, ...metadata }: Checkpoint): Uint8Array {
  return encodeState({ arrays: { server: { shape: [server.length], data: server } }, metadata });
}

export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const { arrays, metadata } = decodeState(bytes);
  const { number, lines, elapsedMs } = metadata as Omit<Checkpoint, "server">;
  return { server: arrays["server"]!.data as Uint8Array, number, lines, elapsedMs };
}
