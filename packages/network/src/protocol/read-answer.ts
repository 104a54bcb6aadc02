import { AtollError, catalogue, type ErrorCode } from "@atoll/core/errors";
import type { Verify } from "../identity/types.ts";
import type { Answered } from "./calls.ts";
import { decodeFrame, type Frame } from "./frame.ts";
import { operations, type OperationName } from "./operations.ts";
import {
  answerHeaderSchema,
  isSigned,
  sha256Of,
  signedBytes,
  type AnswerHeader,
} from "./signed.ts";

/** An answer whose server is not known by its key yet. */
export interface UnprovenAnswer {
  readonly header: AnswerHeader;
  /** What `signature` is of. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** How a client knows that an answer is the server's. */
export type Proof =
  | { readonly kind: "key"; readonly publicKey: string; readonly verify: Verify }
  | { readonly kind: "check"; readonly check: (answer: UnprovenAnswer) => boolean };

/** What came back on a call: an answer, or a refusal with its code. */
export type Outcome<Name extends OperationName> =
  | { readonly kind: "ok"; readonly answered: Answered<Name> }
  | { readonly kind: "refused"; readonly error: AtollError };

/** ANSWER_FORGED where it is not the server's, or not about this call; ANSWER_MALFORMED where the server is wrong. */
export async function readAnswer<Name extends OperationName>(
  op: Name,
  bytes: Uint8Array,
  { nonce, proof }: { readonly nonce: string; readonly proof: Proof },
): Promise<Outcome<Name>> {
  const { frame, header } = answerIn(bytes);
  if (!(await isServers(frame, header, proof)))
    throw forged("is not signed by the server, or was changed on its way");
  if (header.nonce === "" && header.status === "refused")
    throw new AtollError(
      "CARRIER_FAILED",
      `the server could not read the call (${header.error.message}); it was damaged on its way: send it again`,
    );
  if (header.nonce !== nonce) throw forged("is the answer to another call");
  if (header.status === "refused") return { kind: "refused", error: errorOf(header.error) };
  const reply = operations[op].reply.safeParse(header.reply);
  if (!reply.success)
    throw new AtollError(
      "ANSWER_MALFORMED",
      `the server's answer to ${op} is not what this software expects: ${reply.error.message.slice(0, 500)}; upgrade whichever of client and server is older`,
    );
  return { kind: "ok", answered: { reply: reply.data, body: frame.body } as Answered<Name> };
}

function answerIn(bytes: Uint8Array): { frame: Frame; header: AnswerHeader } {
  try {
    const frame = decodeFrame(bytes);
    return { frame, header: answerHeaderSchema.parse(frame.header) };
  } catch (error) {
    throw forged("is none of this protocol", error);
  }
}

async function isServers(frame: Frame, header: AnswerHeader, proof: Proof): Promise<boolean> {
  switch (proof.kind) {
    case "key":
      return isSigned(proof.verify, proof.publicKey, frame);
    case "check":
      return (
        (await sha256Of(frame.body)) === header.bodySha256 &&
        proof.check({
          header,
          signed: signedBytes(frame.header),
          signature: Buffer.from(header.signature, "base64"),
        })
      );
  }
}

const forged = (problem: string, cause?: unknown) =>
  new AtollError(
    "ANSWER_FORGED",
    `an answer ${problem}; it was thrown away: if that goes on, look at what lies between client and server, or join again if the server's key was changed`,
    { cause },
  );

function errorOf({ code, message }: { readonly code: string; readonly message: string }) {
  return Object.hasOwn(catalogue, code)
    ? new AtollError(code as ErrorCode, message)
    : new AtollError(
        "SERVER_REFUSED",
        `the server refused with ${code}, which this software does not know: ${message}`,
      );
}
