import { createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from "node:crypto";
import { setImmediate as othersFirst } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import type { SigningKey, Verify } from "../identity/types.ts";
import type { OperationHandlers } from "./calls.ts";
import type { ClientCarrier, FrameHandler } from "./carrier.ts";
import type { Identify } from "./check-call.ts";
import { serveFrames, type CallSource, type ServeOptions } from "./serve-frames.ts";
import { serverCalls, type CallEvent, type ServerCallsOptions } from "./server-calls.ts";
import { decodeFrame } from "./frame.ts";
import { isSigned, signFrame, type RequestHeader } from "./signed.ts";

export function newKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return { publicKey: spki.toString("base64"), sign: (bytes) => sign(null, bytes, privateKey) };
}

export const verifyForTest: Verify = (publicKey, bytes, signature) => {
  try {
    const key = { key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" } as const;
    return verify(null, bytes, createPublicKey(key), signature);
  } catch {
    return false;
  }
};

export const CELL = { run: "r1", seed: 7, method: "fedavg" };
export const HASH = "ab".repeat(32);

const notHere = () => Promise.reject(new AtollError("BLOB_MISSING", "not in this test"));

/** Handlers that answer the least; each can be replaced. */
export const handlersForTest = (own: Partial<OperationHandlers> = {}): OperationHandlers => ({
  hello: async () => ({ version: 0, session: "", serverTimeMs: 0 }),
  join: async () => ({ client: "de", certificate: "certificate", authority: "authority" }),
  rotate: async () => ({ certificate: "certificate" }),
  poll: async () => ({ orders: [] }),
  fetch: notHere,
  arrival: notHere,
  put: notHere,
  accept: async () => ({}),
  refuse: async () => ({}),
  answer: async () => ({ kind: "taken" }),
  fail: async () => ({}),
  closed: async () => ({}),
  forgotten: async () => ({}),
  ...own,
});

export interface ServerForTest {
  readonly serve: FrameHandler;
  /** The same server, started anew. */
  readonly restart: () => FrameHandler;
  readonly key: SigningKey;
  /** Enrolled as "de". */
  readonly deKey: SigningKey;
  readonly clock: { nowMs: number };
  readonly refused: (CallSource & { readonly code: string; readonly message: string })[];
  readonly errors: unknown[];
}

export function serverForTest(
  own: Partial<OperationHandlers> = {},
  options: Partial<ServeOptions> = {},
): ServerForTest {
  const clock = { nowMs: 1_700_000_000_000 };
  const [key, deKey] = [newKey(), newKey()];
  const refused: ServerForTest["refused"] = [];
  const errors: unknown[] = [];
  const identify: Identify = async (name) =>
    name === "de" ? { publicKeys: [deKey.publicKey] } : undefined;
  const restart = () =>
    serveFrames({
      handlers: handlersForTest(own),
      identify,
      serverKey: key,
      verify: verifyForTest,
      now: () => clock.nowMs,
      newId: randomUUID,
      onRefused: (refusal) => refused.push(refusal),
      onError: (error) => errors.push(error),
      ...options,
    });
  return { serve: restart(), restart, key, deKey, clock, refused, errors };
}

/** A request's frame, signed by `key`, as "de" would send it. */
export function requestFrame(
  key: SigningKey,
  header: Partial<RequestHeader>,
  body: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  const whole = {
    v: 1,
    op: "poll",
    client: "de",
    session: null,
    nonce: randomUUID(),
    sentAtMs: 1_700_000_000_000,
    key: key.publicKey,
    params: {},
    ...header,
  };
  return signFrame(key, whole, body);
}

export interface CallsForTest extends ReturnType<typeof serverCalls> {
  readonly events: CallEvent[];
  readonly pauses: number[];
}

/** A poll that does not wait. */
export const poll = { waitMs: 0, busy: [] };

/** What the server's signed answer says: its reply, or the code of its refusal. */
export async function ask(
  server: ServerForTest,
  frame: Uint8Array,
  {
    caller = undefined as string | undefined,
    serve = server.serve,
    during = new AbortController().signal,
  } = {},
) {
  const answer = decodeFrame(await serve({ client: caller }, frame, during));
  if (!(await isSigned(verifyForTest, server.key.publicKey, answer)))
    throw new Error("the answer is not signed by the server");
  const { status, nonce, reply, error } = answer.header as {
    status: string;
    nonce: string;
    reply?: Record<string, unknown>;
    error?: { code: string; message: string };
  };
  return { status, nonce, reply, body: answer.body, ...error };
}

export const deFrame = (server: ServerForTest, header: Partial<RequestHeader>, body?: Uint8Array) =>
  requestFrame(server.deKey, { sentAtMs: server.clock.nowMs, ...header }, body);

export const helloFrame = (server: ServerForTest, header: Partial<RequestHeader> = {}) =>
  deFrame(server, { op: "hello", params: { versions: [1], software: "test" }, ...header });

export async function hello(server: ServerForTest, serve = server.serve): Promise<string> {
  const { reply } = await ask(server, await helloFrame(server), { serve });
  return reply!["session"] as string;
}

/** Calls of "de", whose pauses take no time. */
export function callsForTest(
  { key, deKey, clock }: Pick<ServerForTest, "key" | "deKey" | "clock">,
  call: ClientCarrier["call"],
  options: Partial<ServerCallsOptions> = {},
): CallsForTest {
  const events: CallEvent[] = [];
  const pauses: number[] = [];
  const calls = serverCalls({
    carrier: { call, close: async () => {} },
    client: "de",
    key: deKey,
    serverPublicKey: key.publicKey,
    verify: verifyForTest,
    now: () => clock.nowMs,
    newId: randomUUID,
    sleep: async (ms) => {
      pauses.push(ms);
      await othersFirst();
    },
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { ...calls, events, pauses };
}
