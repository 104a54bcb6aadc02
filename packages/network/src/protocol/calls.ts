import type { OperationName, ParamsOf, ReplyOf } from "./operations.ts";

export const NO_BYTES = new Uint8Array();

/** An answer: words, and possibly bytes. */
export interface Answered<Name extends OperationName> {
  readonly reply: ReplyOf<Name>;
  readonly body: Uint8Array;
}

/**
 * The server as a silo sees it: signed, checked, and called again where the carrier failed, with growing pauses.
 * Throws what the server refused with its code, and what the signal aborts with.
 */
export interface ServerCalls {
  readonly call: <Name extends OperationName>(
    name: Name,
    params: ParamsOf<Name>,
    options?: { readonly body?: Uint8Array; readonly signal?: AbortSignal },
  ) => Promise<Answered<Name>>;
}

/** Who called, as signature and carrier agree; `join` alone has none. */
export interface CallContext {
  readonly client: string | undefined;
  /** The public key that signed (SPKI, base64). */
  readonly publicKey: string;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/** What the coordinator does for each operation; throws an AtollError to refuse. */
export type OperationHandlers = {
  readonly [Name in OperationName]: (
    params: ParamsOf<Name>,
    context: CallContext,
  ) => Promise<ReplyOf<Name> | Answered<Name>>;
};
