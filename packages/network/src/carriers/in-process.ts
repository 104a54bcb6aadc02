import { AtollError } from "@atoll/core/errors";
import { linkAborts, unlessAborted } from "../protocol/linked-abort.ts";
import { checkFrameSize } from "./frame-size.ts";
import {
  MAX_FRAME_BYTES,
  type ClientCarrier,
  type FrameHandler,
  type ServerCarrier,
} from "./types.ts";

/** A server and clients in one process: frames are copied, and nothing else lies between. */
export interface InProcessCarrier {
  readonly serve: (handler: FrameHandler) => ServerCarrier;
  /** The carrier of a client; undefined: of nobody that is enrolled. Works before and after there is a server. */
  readonly connect: (client: string | undefined) => ClientCarrier;
}

interface OpenServer {
  readonly handler: FrameHandler;
  readonly closing: AbortController;
}

export function createInProcessCarrier(): InProcessCarrier {
  let server: OpenServer | undefined;
  return {
    serve: (handler) => {
      const opened = { handler, closing: new AbortController() };
      server = opened;
      return {
        address: "in this process",
        close: async () => {
          if (server === opened) server = undefined;
          opened.closing.abort(failed("the server was closed"));
        },
      };
    },
    connect: (client) => {
      const closing = new AbortController();
      return {
        call: async (frame, signal) => {
          signal.throwIfAborted();
          closing.signal.throwIfAborted();
          checkFrameSize(frame);
          if (server === undefined) throw failed("no server is there");
          const end = linkAborts([signal, closing.signal, server.closing.signal]);
          const call = { client, frame: frame.slice(), signal: end.signal };
          try {
            return await unlessAborted(answerOf(server.handler, call), end.signal);
          } finally {
            end.release();
          }
        },
        close: async () => closing.abort(failed("this carrier was closed")),
      };
    },
  };
}

interface HandlerCall {
  readonly client: string | undefined;
  readonly frame: Uint8Array;
  readonly signal: AbortSignal;
}

async function answerOf(
  handler: FrameHandler,
  { client, frame, signal }: HandlerCall,
): Promise<Uint8Array> {
  let answer: Uint8Array;
  try {
    answer = await handler({ client }, frame, signal);
  } catch {
    // What went wrong inside the server is not for its clients.
    throw failed("the server could not answer");
  }
  if (answer.length > MAX_FRAME_BYTES) throw failed("the server's answer is too large");
  return answer.slice();
}

function failed(what: string): AtollError {
  return new AtollError("CARRIER_FAILED", `no answer within this process: ${what}; ask again`);
}
