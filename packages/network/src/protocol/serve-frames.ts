import { AtollError } from "@atoll/core/errors";
import type { SigningKey, Verify } from "../identity/types.ts";
import { NO_BYTES, type Answered, type CallContext, type OperationHandlers } from "./calls.ts";
import type { Caller, FrameHandler } from "./carrier.ts";
import { decodeFrame, type Frame } from "./frame.ts";
import { linkAborts, unlessAborted } from "./linked-abort.ts";
import { operations, VERSIONS, type OperationName } from "./operations.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { checkCall, type Call, type Identify } from "./check-call.ts";
import { MAX_MESSAGE_LENGTH, signFrame } from "./signed.ts";
import { commonVersion } from "./versions.ts";

/** What a call has shown of itself until it was refused; it may be untrue. */
export interface CallSource {
  /** Who the carrier says is calling. */
  readonly caller: string | undefined;
  readonly client: string | undefined;
  readonly op: string | undefined;
}

export interface ServeOptions {
  readonly handlers: OperationHandlers;
  readonly identify: Identify;
  readonly serverKey: SigningKey;
  readonly verify: Verify;
  readonly now: () => number;
  /** Unguessable, another one each time. */
  readonly newId: () => string;
  readonly versions?: readonly number[];
  /** Calls that are remembered of each client within ten minutes; more are refused as SERVER_BUSY. */
  readonly maxNonces?: number;
  readonly onRefused?: (
    refused: CallSource & { readonly code: string; readonly message: string },
  ) => void;
  /** What went wrong inside; the client learns only that something did. */
  readonly onError?: (error: unknown, source: CallSource) => void;
}

interface Serving extends ServeOptions {
  readonly versions: readonly number[];
  readonly sessions: Sessions;
}

type Loose = { reply: Readonly<Record<string, unknown>>; body: Uint8Array };

/** Answers frames: checks who calls, whether it may, what it says and what is answered; signs every answer. */
export function serveFrames(options: ServeOptions): FrameHandler {
  const { now, newId, maxNonces = 100_000, versions = VERSIONS } = options;
  const sessions = createSessions({ serverId: newId(), now, maxNonces });
  const serving: Serving = { ...options, versions, sessions };

  return async (caller, bytes, signal) => {
    let frame: Frame | undefined;
    try {
      frame = decodeFrame(bytes);
      const call = await checkCall(caller, frame, serving);
      return await signAnswer(call, await answer(call, signal, serving), serving);
    } catch (error) {
      return refuse(error, { caller, frame, serving, signal });
    }
  };
}

async function answer(call: Call, signal: AbortSignal, serving: Serving): Promise<Loose> {
  const { header, params, body } = call;
  const client = header.client ?? undefined;
  const context = { client, publicKey: header.key, body };
  switch (call.kind) {
    case "join":
      return checked(call.kind, await handle(call, { ...context, signal }, serving));
    case "hello": {
      const { reply } = await handle(call, { ...context, signal }, serving);
      const { versions } = params as { versions: readonly number[] };
      const version = commonVersion(versions, serving.versions);
      const session = serving.sessions.open(client!);
      const opened = { ...reply, version, session, serverTimeMs: serving.now() };
      return checked(call.kind, { reply: opened, body: NO_BYTES });
    }
    case "in-session": {
      const link = linkAborts([signal, serving.sessions.signalOf(client!, header.session)]);
      try {
        const work = handle(call, { ...context, signal: link.signal }, serving);
        return checked(call.op, await unlessAborted(work, link.signal));
      } finally {
        link.release();
      }
    }
  }
}

async function handle(
  { op, params }: Call,
  context: CallContext,
  { handlers }: Serving,
): Promise<Loose> {
  const handler = handlers[op] as (
    params: unknown,
    context: CallContext,
  ) => Promise<object | Answered<OperationName>>;
  const result = await handler(params, context);
  return "body" in result && result.body instanceof Uint8Array
    ? { reply: result.reply, body: result.body }
    : { reply: result as Loose["reply"], body: NO_BYTES };
}

async function signAnswer(
  { op, header: { v, nonce } }: Call,
  { reply, body }: Loose,
  { serverKey }: Serving,
): Promise<Uint8Array> {
  try {
    return await signFrame(serverKey, { v, nonce, status: "ok", reply }, body);
  } catch (error) {
    // What is too large for a frame is this server's own mistake, not the caller's.
    throw new Error(`the reply to ${op} cannot be sent`, { cause: error });
  }
}

/** The reply as its operation promises it; anything else is this server's own mistake. */
function checked(op: OperationName, { reply, body }: Loose): Loose {
  const result = operations[op].reply.safeParse(reply);
  if (!result.success)
    throw new Error(`the reply to ${op} is wrong: ${result.error.message}`, {
      cause: result.error,
    });
  return { reply: result.data, body };
}

async function refuse(
  error: unknown,
  {
    caller,
    frame,
    serving,
    signal,
  }: {
    readonly caller: Caller;
    readonly frame: Frame | undefined;
    readonly serving: Serving;
    readonly signal: AbortSignal;
  },
): Promise<Uint8Array> {
  const { onRefused, onError, serverKey, versions } = serving;
  const { v, nonce, client, op } = frame?.header ?? {};
  const source = { caller: caller.client, client: shortText(client), op: shortText(op) };
  const { code, message, isOwnTrouble } = refusalOf(error, signal);
  if (isOwnTrouble) onError?.(error, source);
  else onRefused?.({ ...source, code, message });
  const header = {
    // Whoever speaks another version can read a refusal, which every version has alike.
    v: versions.find((version) => version === v) ?? Math.min(...versions),
    nonce: shortText(nonce) ?? "",
    status: "refused",
    error: { code, message: message.slice(0, MAX_MESSAGE_LENGTH) },
  } as const;
  return signFrame(serverKey, header, NO_BYTES);
}

const shortText = (value: unknown): string | undefined =>
  typeof value === "string" && value.length <= 100 ? value : undefined;

function refusalOf(error: unknown, signal: AbortSignal) {
  if (error instanceof AtollError && error.code === "DISK_FULL")
    return {
      code: "SERVER_BUSY",
      message: "the server's disk is full; it goes on once there is space: call again later",
      isOwnTrouble: true,
    };
  if (signal.aborted)
    return {
      code: "SERVER_BUSY",
      message: "the call was given up before it was answered; call again",
      isOwnTrouble: false,
    };
  if (error instanceof AtollError)
    return { code: error.code, message: error.message, isOwnTrouble: false };
  return {
    code: "SERVER_ERROR",
    message: "the server failed while it answered; its log says why: call again later",
    isOwnTrouble: true,
  };
}
