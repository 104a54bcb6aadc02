import { createHash } from "node:crypto";
import { AtollError } from "@atoll/core/errors";
import type { BlobStore } from "../blobs/types.ts";
import type { ServerCalls } from "./calls.ts";
import { linkAborts } from "./linked-abort.ts";
import type { ReplyOf } from "./operations.ts";
import type { Claim } from "./types.ts";

export const CHUNK_BYTES = 2 ** 20;
/** Chunks that are asked for before the first of them is there. */
const CHUNKS_AHEAD = 4;
/** Chunks that are sent before the first of them is answered. */
const CHUNKS_IN_FLIGHT = 4;
/** An upload that arrives damaged is sent once more. */
const MAX_DAMAGED = 1;
/** Answers in a row that leave an upload where it was. */
const MAX_STANDSTILLS = 5;

export interface FetchOptions {
  /** Called with chunks in their order, the next one once this one is done. */
  readonly write: (offset: number, bytes: Uint8Array) => Promise<void>;
  /** Bytes that are there already. */
  readonly from?: number;
  /** Reads what is there already, so that its hash counts; without it and with `from`, the hash is left to the writer. */
  readonly read?: (from: number, to: number) => Promise<Uint8Array> | Uint8Array;
  readonly signal?: AbortSignal;
}

/** Fetches a blob chunk by chunk; BLOB_DAMAGED where it is not what was claimed. */
export async function fetchBlob(
  calls: ServerCalls,
  claim: Claim,
  { write, from = 0, read, signal }: FetchOptions,
): Promise<void> {
  const { sha256, sizeBytes } = claim;
  const hash = from === 0 || read !== undefined ? createHash("sha256") : undefined;
  for (let at = 0; at < from; at += CHUNK_BYTES)
    hash?.update(await read!(at, Math.min(from, at + CHUNK_BYTES)));

  const ends = new AbortController();
  const stop = () => ends.abort(signal!.reason);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", stop);
  const fetchAt = (offset: number) => fetchChunk(calls, claim, { offset, signal: ends.signal });
  const ahead: Promise<Uint8Array>[] = [];
  let asked = from;
  try {
    for (let at = from; at < sizeBytes; at += CHUNK_BYTES) {
      for (; asked < sizeBytes && ahead.length < CHUNKS_AHEAD; asked += CHUNK_BYTES) {
        const chunk = fetchAt(asked);
        chunk.catch(() => {}); // Reported when its turn comes.
        ahead.push(chunk);
      }
      const bytes = await ahead.shift()!;
      hash?.update(bytes);
      await write(at, bytes);
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    ends.abort();
  }
  const found = hash?.digest("hex") ?? sha256;
  if (found !== sha256) throw damaged(claim, `it has the hash ${found.slice(0, 12)}`);
}

async function fetchChunk(
  calls: ServerCalls,
  claim: Claim,
  { offset, signal }: { readonly offset: number; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const length = Math.min(CHUNK_BYTES, claim.sizeBytes - offset);
  const { reply, body } = await calls.call(
    "fetch",
    { sha256: claim.sha256, offset, length },
    { signal },
  );
  if (reply.sizeBytes !== claim.sizeBytes)
    throw damaged(claim, `the server has ${reply.sizeBytes} bytes`);
  if (body.length !== length)
    throw damaged(claim, `${body.length} bytes came where ${length} were asked for`);
  return body;
}

/** Fetches a blob into a store, from where it stopped; `owner` is whoever the store counts it for. */
export async function fetchInto(
  calls: ServerCalls,
  claim: Claim,
  {
    store,
    owner,
    signal,
  }: {
    readonly store: Pick<BlobStore, "arrivalOf" | "append">;
    readonly owner: string;
    readonly signal?: AbortSignal;
  },
): Promise<void> {
  let arrival = await store.arrivalOf(owner, claim);
  if (!arrival.isWhole)
    await fetchBlob(calls, claim, {
      from: arrival.receivedBytes,
      write: async (offset, bytes) => {
        arrival = await store.append(owner, claim, { offset, bytes });
      },
      ...(signal && { signal }),
    });
  // Nothing is left to fetch of a blob without bytes, or of one that a kill left full.
  if (!arrival.isWhole)
    arrival = await store.append(owner, claim, {
      offset: claim.sizeBytes,
      bytes: new Uint8Array(),
    });
  if (!arrival.isWhole) throw damaged(claim, `${arrival.receivedBytes} bytes of it were kept`);
}

export interface SendOptions {
  readonly read: (from: number, to: number) => Promise<Uint8Array> | Uint8Array;
  readonly signal?: AbortSignal;
  /** `sentBytes` are those that the server has. */
  readonly onProgress?: (progress: {
    readonly sentBytes: number;
    readonly sizeBytes: number;
  }) => void;
}

/**
 * Sends a blob chunk by chunk, from where the server has it to, a few at a time; done once the server has the whole of
 * it. Of a blob of one chunk nobody asks first how much is there.
 */
export async function sendBlob(
  calls: ServerCalls,
  claim: Claim,
  { read, signal, onProgress }: SendOptions,
): Promise<void> {
  const { sizeBytes } = claim;
  signal?.throwIfAborted();
  const { receivedBytes, isWhole } =
    sizeBytes <= CHUNK_BYTES
      ? { receivedBytes: 0, isWhole: false }
      : (await calls.call("arrival", { ...claim }, signal && { signal })).reply;
  const standing = { receivedBytes, isWhole };
  const tell = () => onProgress?.({ sentBytes: standing.receivedBytes, sizeBytes });
  tell();
  // Answers may overtake each other.
  const hear = (arrival: ReplyOf<"put">): number => {
    const isNews = arrival.isWhole || arrival.receivedBytes > standing.receivedBytes;
    standing.receivedBytes = Math.max(standing.receivedBytes, arrival.receivedBytes);
    standing.isWhole ||= arrival.isWhole;
    if (isNews) tell();
    return standing.receivedBytes;
  };
  let numDamaged = 0;
  let standstills = 0;
  while (!standing.isWhole) {
    const before = standing.receivedBytes;
    // After a standstill one at a time.
    const most = standstills === 0 ? CHUNKS_IN_FLIGHT : 1;
    const from = Math.min(before, sizeBytes);
    try {
      await sendFrom(calls, claim, { from, most, read, hear, ...(signal && { signal }) });
    } catch (error) {
      // The server has dropped what it had: a power cut may have left holes in it.
      if (!(error instanceof AtollError) || error.code !== "BLOB_DAMAGED") throw error;
      if (numDamaged++ >= MAX_DAMAGED) throw error;
      standing.receivedBytes = 0;
      tell();
      continue;
    }
    standstills = standing.isWhole || standing.receivedBytes > before ? 0 : standstills + 1;
    if (standstills > MAX_STANDSTILLS)
      throw damaged(claim, `the server stays at ${standing.receivedBytes} bytes`);
  }
}

interface SendFromOptions extends Pick<SendOptions, "read" | "signal"> {
  readonly from: number;
  /** Chunks in flight. */
  readonly most: number;
  /** Hears what the server has, and says how far that is now. */
  readonly hear: (arrival: ReplyOf<"put">) => number;
}

/** Sends chunks until all are answered, or until the server has forgotten one that overtook another. */
async function sendFrom(
  calls: ServerCalls,
  claim: Claim,
  { from, most, hear, read, signal }: SendFromOptions,
): Promise<void> {
  const { sizeBytes } = claim;
  const ending = new AbortController();
  const link = linkAborts([signal, ending.signal]);
  const putAt = async (offset: number) => {
    const body = await read(offset, endOf(offset));
    const { reply } = await calls.call("put", { ...claim, offset }, { body, signal: link.signal });
    return reply;
  };
  const endOf = (offset: number) => Math.min(sizeBytes, offset + CHUNK_BYTES);
  const inFlight: Promise<ReplyOf<"put">>[] = [];
  const put = (offset: number) => {
    const sent = putAt(offset);
    sent.catch(() => {}); // Reported when its turn comes.
    inFlight.push(sent);
  };
  try {
    // Where nothing is left to send, an empty chunk has the server look at what it has.
    put(from);
    let next = endOf(from);
    let until = sizeBytes;
    for (let end = next; inFlight.length > 0; end = endOf(end)) {
      for (; next < until && inFlight.length < most; next = endOf(next)) put(next);
      // All up to here are answered: where the server is behind, it has forgotten some.
      if (hear(await inFlight.shift()!) < end) until = next;
    }
  } finally {
    ending.abort();
    link.release();
  }
}

const damaged = ({ sha256, sizeBytes }: Claim, problem: string) =>
  new AtollError(
    "BLOB_DAMAGED",
    `blob ${sha256.slice(0, 12)} of ${sizeBytes} bytes did not pass: ${problem}; try again, and look at the disks of both sides if that goes on`,
  );
