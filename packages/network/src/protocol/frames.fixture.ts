import { createHash, randomUUID } from "node:crypto";
import { AtollError } from "@atoll/core/errors";
import type { SigningKey, Verify } from "../identity/types.ts";
import { MAX_FRAME_BYTES, type FrameHandler } from "./carrier.ts";
import { decodeFrame, encodeFrame } from "./frame.ts";
import { CELL, HASH, requestFrame } from "./protocol.fixture.ts";

/** What came of frames that were made up. */
export interface FuzzCounts {
  readonly frames: number;
  /** Frames that could be decoded. */
  readonly decoded: number;
  /** By the code of the refusal; `ok` for those that were answered. */
  readonly answers: ReadonlyMap<string, number>;
  readonly largestAnswerBytes: number;
}

/** Stands for a signature where millions are made; whoever knows the public key can make it. */
const quickSignature = (publicKey: string, bytes: Uint8Array): Uint8Array =>
  createHash("sha512").update(publicKey).update(bytes).digest();

export const quickKey = (name: string): SigningKey => {
  const publicKey = Buffer.from(name).toString("base64");
  return { publicKey, sign: (bytes) => quickSignature(publicKey, bytes) };
};

export const quickVerify: Verify = (publicKey, bytes, signature) =>
  Buffer.compare(quickSignature(publicKey, bytes), signature) === 0;

/** Numbers below `bound`, the same ones for the same seed. */
type Draw = (bound: number) => number;

function drawsOf(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

const ODD: readonly unknown[] = [
  null,
  -1,
  0,
  1,
  0.5,
  2 ** 53,
  1e308,
  "",
  "x".repeat(5000),
  "\ud800",
  "../../etc/passwd",
  [],
  {},
  { __proto__: null, constructor: 1 },
  true,
  Array.from({ length: 2000 }, (_, i) => i),
];

const PARAMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  hello: { versions: [1], software: "fuzz" },
  join: { token: "t", request: "r" },
  poll: { waitMs: 0, busy: [{ cell: CELL, seq: 1 }] },
  fetch: { sha256: HASH, offset: 0, length: 5 },
  arrival: { sha256: HASH, sizeBytes: 5 },
  put: { sha256: HASH, sizeBytes: 5, offset: 0 },
  answer: { cell: CELL, seq: 1, request: HASH, answer: { sha256: HASH, sizeBytes: 5 } },
};
const OPS = Object.keys(PARAMS);

/**
 * Throws `count` frames at the decoder and at a server: random bytes, frames that are damaged, and frames that lie
 * under a right signature. Throws where either does what it must not.
 */
export async function fuzzFrames(
  serve: FrameHandler,
  {
    key,
    nowMs,
    count,
    seed,
  }: {
    /** Of the client "de", which the server must know. */
    readonly key: SigningKey;
    readonly nowMs: number;
    readonly count: number;
    readonly seed: number;
  },
): Promise<FuzzCounts> {
  const draw = drawsOf(seed);
  const answers = new Map<string, number>();
  const { signal } = new AbortController();
  let decoded = 0;
  let largestAnswerBytes = 0;
  const ask = async (frame: Uint8Array) => {
    const answer = await serve({ client: undefined }, frame, signal);
    largestAnswerBytes = Math.max(largestAnswerBytes, answer.length);
    return decodeFrame(answer).header as {
      reply?: Record<string, unknown>;
      error?: { code: string };
    };
  };

  let session = "";
  const greet = async () => {
    const params = PARAMS["hello"]!;
    const { reply } = await ask(await requestFrame(key, { op: "hello", sentAtMs: nowMs, params }));
    session = reply!["session"] as string;
  };
  for (let i = 0; i < count; i++) {
    // A made-up hello may have ended the session.
    if (i % 500 === 0) await greet();
    const frame = await madeUp(draw, { key, nowMs, session });
    if (isDecoded(frame)) decoded++;
    const { error } = await ask(frame);
    const code = error?.code ?? "ok";
    answers.set(code, (answers.get(code) ?? 0) + 1);
  }
  return { frames: count, decoded, answers, largestAnswerBytes };
}

/** Nothing but FRAME_MALFORMED may be thrown, and what was decoded is a view of what came. */
function isDecoded(bytes: Uint8Array): boolean {
  try {
    const { header, body } = decodeFrame(bytes);
    const again = encodeFrame(header, body);
    if (body.buffer !== bytes.buffer || Buffer.compare(again, bytes) !== 0)
      throw new Error("a decoded frame is not the one that came");
    return true;
  } catch (error) {
    if (error instanceof AtollError && error.code === "FRAME_MALFORMED") return false;
    throw error;
  }
}

async function madeUp(
  draw: Draw,
  {
    key,
    nowMs,
    session,
  }: { readonly key: SigningKey; readonly nowMs: number; readonly session: string },
): Promise<Uint8Array> {
  const kind = draw(8);
  if (kind === 0) return Uint8Array.from({ length: draw(300) }, () => draw(256));
  if (kind === 1) return headerOf(Uint8Array.from({ length: draw(100) }, () => draw(256)));
  const op = OPS[draw(OPS.length)]!;
  const isFirst = op === "hello" || op === "join";
  const lying = { ...PARAMS[op] };
  const header: Record<string, unknown> = {
    op,
    session: isFirst ? null : session,
    client: op === "join" ? null : "de",
    nonce: randomUUID(),
    sentAtMs: nowMs,
    params: lying,
  };
  const odd = () => ODD[draw(ODD.length)];
  if (kind === 2) lying[Object.keys(lying)[draw(Object.keys(lying).length)]!] = odd();
  if (kind === 3) header[Object.keys(header)[draw(Object.keys(header).length)]!] = odd();
  const body = Uint8Array.from({ length: draw(20) }, () => draw(256));
  const frame = await requestFrame(key, header, body);
  return kind <= 4 ? frame : damaged(draw, frame);
}

/** A frame whose header is these bytes. */
function headerOf(bytes: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(8 + bytes.length);
  frame.write("ATL1", "latin1");
  frame.writeUInt32LE(bytes.length, 4);
  frame.set(bytes, 8);
  return frame;
}

function damaged(draw: Draw, frame: Uint8Array): Uint8Array {
  const bytes = Buffer.from(frame);
  const at = draw(bytes.length);
  switch (draw(6)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    case 2:
      bytes.writeUInt32LE(draw(2) === 0 ? draw(2 ** 32) : draw(bytes.length * 2), 4);
      return bytes;
    case 3:
      bytes.copy(bytes, draw(bytes.length), at);
      return bytes;
    case 4:
      return Buffer.concat([bytes, Buffer.alloc(draw(50) === 0 ? MAX_FRAME_BYTES : at)]);
    default:
      for (let i = draw(4); i >= 0; i--) bytes[draw(bytes.length)]! ^= 1 << draw(8);
      return bytes;
  }
}
