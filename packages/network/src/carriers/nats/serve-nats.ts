import { setTimeout as sleep } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import { jetstreamManager, type ConsumerMessages } from "@nats-io/jetstream";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import type { FrameHandler, ServerCarrier } from "../types.ts";
import { dial, dialWordsOf, type NatsPlace } from "./connection.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import { FAILED_HEADER, GONE_SUBJECTS, SERVER_INBOX_PREFIX, clientOf } from "./names.ts";
import { ensureConsumer, ensureStream, type UpStreamOptions } from "./stream.ts";

export interface NatsServerOptions extends NatsPlace {
  readonly handler: FrameHandler;
  readonly stream?: UpStreamOptions;
  /** Frames that are handled at the same time; long polls are most of them. */
  readonly maxFrames?: number;
  /** What those may hold of memory together. */
  readonly maxFrameBytes?: number;
  /** Is told what goes wrong and is tried again: for a log. */
  readonly onError?: (error: unknown) => void;
}

const DEFAULT_ACK_WAIT_MS = 30_000;
/** Frames on their way from the broker that are not handled yet. */
const PREFETCHED = 64;
const RETRY_MS = 100;
const FLUSH_TIMEOUT_MS = 2000;

/**
 * Answers clients through NATS JetStream. Makes the stream and its consumer, and makes them again when the broker
 * lost them: frames are claim checks, and what counts is in the record. One server at a time.
 */
export async function serveNats(options: NatsServerOptions): Promise<ServerCarrier> {
  const { handler, onError = () => {} } = options;
  const ackWaitMs = options.stream?.ackWaitMs ?? DEFAULT_ACK_WAIT_MS;
  const connection = await open(options);
  const deliveries = createDeliveries({
    handler,
    onError,
    maxFrames: options.maxFrames ?? 8192,
    maxBytes: options.maxFrameBytes ?? 2 ** 28,
    send: (subject, answer) => {
      if (answer === undefined) connection.publish(subject, undefined, { headers: noAnswer() });
      else connection.publish(subject, answer);
    },
  });
  listenForGone(connection, deliveries);
  const consuming = await consume(connection, {
    ...options,
    ackWaitMs,
    deliveries,
    onError,
  }).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  const working = setInterval(deliveries.sayWorking, ackWaitMs / 3);
  let closing: Promise<void> | undefined;
  const close = async () => {
    clearInterval(working);
    consuming.stop();
    deliveries.close();
    await Promise.race([
      connection.flush().catch(() => {}),
      sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false }),
    ]);
    await connection.close();
    await consuming.ended;
  };
  return {
    address: options.servers.map((server) => `nats://${server}`).join(", "),
    close: () => (closing ??= close()),
  };
}

async function open(options: NatsServerOptions): Promise<NatsConnection> {
  try {
    return await dial(options, { name: "atoll server", inboxPrefix: SERVER_INBOX_PREFIX });
  } catch (error) {
    if (error instanceof AtollError) throw error;
    throw new AtollError(
      "NATS_UNREACHABLE",
      `no NATS server at ${options.servers.join(", ")} lets the coordinator in: ${dialWordsOf(error)}; check the ` +
        `address, that it runs, and that its configuration has the coordinator's certificate as a user`,
    );
  }
}

function noAnswer() {
  const about = headers();
  about.set(FAILED_HEADER, "1");
  return about;
}

function listenForGone(connection: NatsConnection, deliveries: Deliveries): void {
  connection.subscribe(GONE_SUBJECTS, {
    callback: (error, message) => {
      const client = error === null ? clientOf(message.subject) : undefined;
      if (client !== undefined) deliveries.giveUp(client, message.string());
    },
  });
}

interface Consuming {
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

/** Hands all frames of the stream on, beginning again after every loss; rejects where it cannot begin at first. */
async function consume(
  connection: NatsConnection,
  options: {
    readonly stream?: UpStreamOptions;
    readonly ackWaitMs: number;
    readonly deliveries: Deliveries;
    readonly onError: (error: unknown) => void;
  },
): Promise<Consuming> {
  const { stream = {}, ackWaitMs, deliveries, onError } = options;
  const stopping = new AbortController();
  let messages: ConsumerMessages | undefined;
  let up = Promise.resolve();
  let comeUp = () => {};

  const begin = async (isFirst: boolean): Promise<ConsumerMessages> => {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    await ensureStream(manager, stream);
    const info = await ensureConsumer(manager, { ackWaitMs, isFirst });
    if (isFirst) deliveries.isNow(Date.parse(info.created));
    const consumer = manager.jetstream().consumers.getConsumerFromInfo(info);
    return consumer.consume({ max_messages: PREFETCHED, abort_on_missing_resource: true });
  };
  const watch = async () => {
    for await (const { type } of connection.status()) {
      if (type === "reconnect") comeUp();
      if (type !== "disconnect") continue;
      const { promise, resolve } = Promise.withResolvers<void>();
      [up, comeUp] = [promise, resolve];
      messages?.stop();
    }
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await up;
        messages ??= await begin(false);
        for await (const message of messages) {
          await deliveries.room();
          if (stopping.signal.aborted) return;
          deliveries.take(message);
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        onError(error);
        await sleep(RETRY_MS);
      }
      messages = undefined;
    }
  };
  messages = await begin(true);
  void watch();
  const ended = run();
  return {
    stop: () => {
      stopping.abort();
      comeUp();
      messages?.stop();
    },
    ended,
  };
}
