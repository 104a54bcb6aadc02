/** Frames are at most this large: one chunk of a blob and its words. */
export const MAX_FRAME_BYTES = 2 ** 20 + 2 ** 18;

/**
 * A client's way to the server. A frame goes out, an answer comes back, or nothing does: then CARRIER_FAILED is
 * thrown, and whoever called may call again, as every operation may be done twice.
 */
export interface ClientCarrier {
  readonly call: (frame: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** Who a carrier says is calling, before any signature is looked at; undefined: nobody that was enrolled. */
export interface Caller {
  readonly client: string | undefined;
}

/** Answers frames of clients. Rejects only where the server itself is broken; refusals are answers. */
export type FrameHandler = (
  caller: Caller,
  frame: Uint8Array,
  signal: AbortSignal,
) => Promise<Uint8Array>;
