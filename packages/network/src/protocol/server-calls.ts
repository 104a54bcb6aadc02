import { AtollError, type ErrorCode } from "@atoll/core/errors";
import type { SigningKey, Verify } from "../identity/types.ts";
import { BACKOFF, pauseMs, type Backoff } from "./backoff.ts";
import { NO_BYTES, type Answered, type ServerCalls } from "./calls.ts";
import type { ClientCarrier } from "./carrier.ts";
import { createClientSession } from "./client-session.ts";
import { linkAborts, unlessAborted } from "./linked-abort.ts";
import { VERSIONS, type OperationName, type ParamsOf } from "./operations.ts";
import { readAnswer, type Outcome, type Proof, type UnprovenAnswer } from "./read-answer.ts";
import { signFrame } from "./signed.ts";

/** What whoever watches a client is told. */
export type CallEvent =
  /** A try failed and is made again after the pause; ANSWER_FORGED among them. */
  | {
      readonly kind: "retry";
      readonly op: OperationName;
      readonly code: ErrorCode;
      readonly message: string;
      readonly failures: number;
      readonly pauseMs: number;
    }
  /** A hello was answered. The difference of the clocks includes what the answer took. */
  | { readonly kind: "session"; readonly version: number; readonly clockAheadMs: number };

export interface ServerCallsOptions {
  readonly carrier: ClientCarrier;
  /** Null before it is enrolled: then only `join` can be called. */
  readonly client: string | null;
  readonly key: SigningKey;
  /** Undefined before it is known, in `join`: then `checkAnswer` decides. */
  readonly serverPublicKey: string | undefined;
  readonly checkAnswer?: (answer: UnprovenAnswer) => boolean;
  readonly verify: Verify;
  readonly now: () => number;
  /** A new UUID each time. */
  readonly newId: () => string;
  /** Rejects with the signal's reason when that aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Uniform on [0, 1). */
  readonly random: () => number;
  /** What the server's operators are shown, such as "atoll 0.1.0". */
  readonly software?: string;
  readonly versions?: readonly number[];
  readonly limits?: Partial<Backoff> & {
    /** A try is given up after this long, and what a poll waits on top. */
    readonly tryMs?: number;
  };
  /** A signal that aborts after so long. */
  readonly deadline?: (ms: number) => AbortSignal;
  readonly onEvent?: (event: CallEvent) => void;
}

export interface OpenServerCalls extends ServerCalls {
  /** Ends what is being called; the carrier is closed by whoever opened it. */
  readonly close: () => void;
}

const timeout = (ms: number): AbortSignal => AbortSignal.timeout(ms);

/** No answer, or none to believe. */
const LOST: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["CARRIER_FAILED", "ANSWER_FORGED"]);
/** Refusals after which the same call, signed anew, may well succeed: damaged or doubled on its way, or too soon. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "SERVER_ERROR",
  "SERVER_BUSY",
  "SESSION_UNKNOWN",
  "FRAME_MALFORMED",
  "SIGNATURE_INVALID",
  "REPLAYED",
]);

export function serverCalls(options: ServerCallsOptions): OpenServerCalls {
  const { carrier, client, key, now, newId, random, sleep, onEvent } = options;
  const { versions = VERSIONS, software = "atoll", deadline = timeout } = options;
  const { baseMs = BACKOFF.baseMs, capMs = BACKOFF.capMs, tryMs = 120_000 } = options.limits ?? {};
  const proof = proofOf(options);
  const closing = new AbortController();
  // What every server that could agree on a version understands.
  const lowest = Math.min(...versions);

  const attempt = async <Name extends OperationName>(
    op: Name,
    call: Params<Name>,
    speaking: { readonly v: number; readonly session: string | null },
  ): Promise<Outcome<Name>> => {
    const nonce = newId();
    const header = { ...speaking, op, client, nonce, sentAtMs: now(), key: key.publicKey };
    const frame = await signFrame(key, { ...header, params: call.params }, call.body);
    const waitMs = "waitMs" in call.params ? call.params.waitMs : 0;
    const late = deadline(tryMs + waitMs);
    const link = linkAborts([call.signal, late]);
    try {
      const answer = await unlessAborted(carrier.call(frame, link.signal), link.signal);
      return await readAnswer(op, answer, { nonce, proof });
    } catch (error) {
      if (!late.aborted || call.signal.aborted) throw error;
      throw new AtollError(
        "CARRIER_FAILED",
        `no answer to ${op} came within ${tryMs + waitMs} ms; it is asked for again`,
        { cause: error },
      );
    } finally {
      link.release();
    }
  };

  /** Until it is answered, or refused for good, or the signal aborts. */
  const persist = async <Name extends OperationName>(
    op: Name,
    call: Params<Name>,
    attemptOnce: () => Promise<Outcome<Name>>,
  ): Promise<Answered<Name>> => {
    for (let failures = 1; ; failures++) {
      call.signal.throwIfAborted();
      const outcome = await outcomeOf(attemptOnce);
      if (outcome.kind === "ok") return outcome.answered;
      const problem = outcome.error;
      call.signal.throwIfAborted();
      if (outcome.kind === "refused" && !PASSING.has(problem.code)) throw problem;
      // A server that was started anew is greeted at once.
      const isFirstLoss = problem.code === "SESSION_UNKNOWN" && failures === 1;
      const pause = isFirstLoss ? 0 : pauseMs(failures, { baseMs, capMs, random });
      const { code, message } = problem;
      onEvent?.({ kind: "retry", op, code, message, failures, pauseMs: pause });
      if (pause > 0) await unlessAborted(sleep(pause, call.signal), call.signal);
    }
  };

  const session = createClientSession(async (signal) => {
    const call = { params: { versions: [...versions], software }, body: NO_BYTES, signal };
    const { reply } = await persist("hello", call, () =>
      attempt("hello", call, { v: lowest, session: null }),
    );
    if (!versions.includes(reply.version))
      throw new AtollError(
        "VERSION_UNSUPPORTED",
        `the server chose version ${reply.version} of the protocol, and this client speaks ${versions.join(", ")}; upgrade the client`,
      );
    const clockAheadMs = now() - reply.serverTimeMs;
    onEvent?.({ kind: "session", version: reply.version, clockAheadMs });
    return { v: reply.version, session: reply.session };
  }, closing.signal);

  return {
    call: async (op, params, { body = NO_BYTES, signal } = {}) => {
      const link = linkAborts([signal, closing.signal]);
      const call = { params, body, signal: link.signal };
      try {
        if (op === "join" || op === "hello")
          return await persist(op, call, () => attempt(op, call, { v: lowest, session: null }));
        return await persist(op, call, async () => {
          const current = await session.get(link.signal);
          const outcome = await attempt(op, call, current);
          if (outcome.kind === "refused" && outcome.error.code === "SESSION_UNKNOWN")
            session.forget(current);
          return outcome;
        });
      } finally {
        link.release();
      }
    },
    close: () => closing.abort(new AtollError("CARRIER_FAILED", "the connection was closed here")),
  };
}

interface Params<Name extends OperationName> {
  readonly params: ParamsOf<Name>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

function proofOf({ serverPublicKey, checkAnswer, verify }: ServerCallsOptions): Proof {
  if (serverPublicKey !== undefined) return { kind: "key", publicKey: serverPublicKey, verify };
  if (checkAnswer !== undefined) return { kind: "check", check: checkAnswer };
  throw new TypeError("serverCalls: neither serverPublicKey nor checkAnswer is given");
}

/** Everything else that is thrown, trying again would not mend. */
async function outcomeOf<Name extends OperationName>(
  attemptOnce: () => Promise<Outcome<Name>>,
): Promise<Outcome<Name> | { readonly kind: "lost"; readonly error: AtollError }> {
  try {
    return await attemptOnce();
  } catch (error) {
    if (error instanceof AtollError && LOST.has(error.code)) return { kind: "lost", error };
    throw error;
  }
}
