import { AtollError } from "@atoll/core/errors";
import { z } from "zod";
import type { Verify } from "../identity/types.ts";
import type { Caller } from "./carrier.ts";
import type { Frame } from "./frame.ts";
import { operations, type OperationName } from "./operations.ts";
import { CLOCK_TOLERANCE_MS, type Sessions } from "./sessions.ts";
import { isSigned, requestHeaderSchema, type RequestHeader } from "./signed.ts";
import { commonVersion } from "./versions.ts";

/** The keys that a client's valid certificates are for; undefined or none: unknown or revoked. */
export type Identify = (
  name: string,
  nowMs: number,
) => Promise<{ readonly publicKeys: readonly string[] } | undefined>;

/** A call that was found to be what it says it is. */
export interface Call {
  readonly kind: "join" | "hello" | "in-session";
  readonly op: OperationName;
  readonly header: RequestHeader;
  /** As the operation's schema has them. */
  readonly params: unknown;
  readonly body: Uint8Array;
}

export interface CheckOptions {
  readonly identify: Identify;
  readonly verify: Verify;
  readonly now: () => number;
  readonly versions: readonly number[];
  readonly sessions: Sessions;
}

/** Throws why a call is refused; whatever tells more about clients comes after the proof of who calls. */
export async function checkCall(
  caller: Caller,
  frame: Frame,
  { identify, verify, now, versions, sessions }: CheckOptions,
): Promise<Call> {
  checkVersion(frame.header, versions);
  const header = parsed(requestHeaderSchema, frame.header, "FRAME_MALFORMED");
  if (!(await isSigned(verify, header.key, frame)))
    throw new AtollError(
      "SIGNATURE_INVALID",
      `a call of ${nameOf(header.client)} is not signed by the key that it names; it was changed on its way, or its client's key is damaged`,
    );
  const { op, client, session } = header;
  if (op === "join") {
    checkClock(header, now());
    return {
      kind: "join",
      op,
      header,
      params: parsed(operations.join.params, header.params, "CALL_INVALID"),
      body: frame.body,
    };
  }
  await checkCaller(caller, header, { identify, now });
  checkClock(header, now());
  if (op !== "hello") sessions.signalOf(client!, session);
  sessions.take(client!, header.nonce);
  if (!isOperation(op))
    throw new AtollError(
      "CALL_INVALID",
      `there is no operation ${JSON.stringify(op)}; upgrade whichever of client and server is older`,
    );
  const params = parsed(operations[op].params, header.params, "CALL_INVALID");
  const kind = op === "hello" ? "hello" : "in-session";
  return { kind, op, header, params, body: frame.body };
}

const isOperation = (op: string): op is OperationName => Object.hasOwn(operations, op);

const nameOf = (client: string | null): string =>
  client === null ? "nobody" : `client ${JSON.stringify(client)}`;

const offeredSchema = z.array(z.number().int().min(1)).min(1).max(16);

/** Before anything else, as another version may have other headers. */
function checkVersion(header: Frame["header"], known: readonly number[]): void {
  const { v, params } = header;
  if (typeof v !== "number" || !Number.isSafeInteger(v) || v < 1 || known.includes(v)) return;
  const { versions } = (params ?? {}) as { versions?: unknown };
  const offered = offeredSchema.safeParse(versions);
  commonVersion(offered.success ? offered.data : [v], known);
  throw new AtollError(
    "VERSION_UNSUPPORTED",
    `a call is in version ${v} of the protocol, which the server does not speak; say hello in version ${Math.min(...known)} first`,
  );
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: "FRAME_MALFORMED" | "CALL_INVALID",
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AtollError(
    code,
    `${code === "CALL_INVALID" ? "a call's parameters are" : "a call's header is"} wrong: ${z.prettifyError(result.error).slice(0, 1000)}`,
  );
}

/** Unknown, revoked and someone else's are told apart by nobody who calls. */
async function checkCaller(
  caller: Caller,
  { client, key }: RequestHeader,
  { identify, now }: Pick<CheckOptions, "identify" | "now">,
): Promise<void> {
  const isCarriers = caller.client === undefined || caller.client === client;
  if (isCarriers && client !== null) {
    const known = await identify(client, now());
    if (known?.publicKeys.includes(key) === true) return;
  }
  throw new AtollError(
    "CALLER_UNKNOWN",
    `${nameOf(client)} is not enrolled here with the key that signed, or its certificate has expired or was revoked; ask who runs the server for a new invitation`,
  );
}

function checkClock({ sentAtMs }: RequestHeader, nowMs: number): void {
  if (Math.abs(sentAtMs - nowMs) <= CLOCK_TOLERANCE_MS) return;
  const [client, server] = [sentAtMs, nowMs].map((ms) => new Date(ms).toISOString());
  throw new AtollError(
    "CLOCK_SKEW",
    `the client's clock says ${client}, the server's ${server}, and they may differ by five minutes; set the clock that is wrong, and let NTP keep both`,
  );
}
