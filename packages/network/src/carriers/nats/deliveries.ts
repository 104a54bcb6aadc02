import type { JsMsg } from "@nats-io/jetstream";
import { MAX_FRAME_BYTES, type FrameHandler } from "../types.ts";
import { CALL_HEADER, WAIT_HEADER, clientOf, downSubject, isCallId } from "./names.ts";

/** A frame that is being handled. */
interface Delivery {
  /** As it was delivered last: that is the one to acknowledge. */
  message: JsMsg;
  readonly answerTo: string;
  readonly handling: AbortController;
}

export interface Deliveries {
  /** What time it is for the broker. */
  readonly isNow: (brokerMs: number) => void;
  /** Takes a frame of the stream; every frame is handled at most once by this process. */
  readonly take: (message: JsMsg) => void;
  /** The client waits no longer. */
  readonly giveUp: (client: string, call: string) => void;
  /** Says of all that are handled that they take longer. */
  readonly sayWorking: () => void;
  /** Resolves when one more may be taken. */
  readonly room: () => Promise<void>;
  /** Ends all, telling their clients to ask again. */
  readonly close: () => void;
}

export interface DeliveriesOptions {
  readonly handler: FrameHandler;
  /** Sends an answer; undefined: that there is none. */
  readonly send: (subject: string, answer: Uint8Array | undefined) => void;
  readonly maxFrames: number;
  readonly maxBytes: number;
  readonly onError: (error: unknown) => void;
}

/** Calls of which it is remembered that they were begun or given up. */
const REMEMBERED = 20_000;

/**
 * What lies between the stream and the handler. A frame is acknowledged after its handler is done and its answer
 * sent, so whatever a server that dies had begun is delivered to the next one. The stream may also deliver a frame
 * again to this one, when an acknowledgement was lost: while it is handled it is not handled twice, and afterwards
 * its client is told to ask again, with a new frame.
 */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { handler, send, maxFrames, maxBytes, onError } = options;
  const open = new Map<string, Delivery>();
  const past = new Set<string>();
  let bytes = 0;
  let freed = Promise.withResolvers<void>();
  /** The broker's clock, as far as it was seen: what is stale is told by it alone. */
  let newestMs = 0;

  const remember = (key: string) => {
    past.add(key);
    if (past.size > REMEMBERED) past.delete(past.values().next().value!);
  };

  /** Ends it once: the answer leaves before the acknowledgement. */
  const settle = (key: string, answer: Uint8Array | undefined) => {
    const delivery = open.get(key);
    if (delivery === undefined) return;
    open.delete(key);
    bytes -= delivery.message.data.length;
    try {
      send(delivery.answerTo, answer);
      delivery.message.ack();
    } catch (error) {
      onError(error);
    }
    freed.resolve();
    freed = Promise.withResolvers();
  };

  const handle = async (
    key: string,
    { client, delivery }: { client: string; delivery: Delivery },
  ) => {
    try {
      const { message, handling } = delivery;
      const answer = await handler({ client }, message.data, handling.signal);
      settle(key, answer.length > MAX_FRAME_BYTES ? undefined : answer);
    } catch (error) {
      if (!delivery.handling.signal.aborted) onError(error);
      settle(key, undefined);
    }
  };

  const isFull = () => open.size >= maxFrames || bytes >= maxBytes;
  const isNow = (brokerMs: number) => {
    newestMs = Math.max(newestMs, brokerMs);
  };

  return {
    isNow,
    take: (message) => {
      const client = clientOf(message.subject);
      const call = message.headers?.get(CALL_HEADER) ?? "";
      if (client === undefined || !isCallId(call)) return message.ack();
      const key = downSubject(client, call);
      const known = open.get(key);
      if (known !== undefined) {
        known.message = message;
        return message.working();
      }
      const storedMs = message.info.timestampNanos / 1e6;
      isNow(storedMs);
      const isStale = storedMs + Number(message.headers?.get(WAIT_HEADER)) < newestMs;
      if (isStale || past.has(key)) {
        send(key, undefined);
        return message.ack();
      }
      remember(key);
      const delivery = { message, answerTo: key, handling: new AbortController() };
      open.set(key, delivery);
      bytes += message.data.length;
      void handle(key, { client, delivery });
    },
    giveUp: (client, call) => {
      if (!isCallId(call)) return;
      const key = downSubject(client, call);
      open.get(key)?.handling.abort(new Error("the client waits no longer"));
      remember(key);
      settle(key, undefined);
    },
    sayWorking: () => {
      for (const { message } of open.values()) message.working();
    },
    room: async () => {
      while (isFull()) await freed.promise;
    },
    close: () => {
      for (const [key, { handling }] of open) {
        handling.abort(new Error("the server closes"));
        settle(key, undefined);
      }
    },
  };
}
