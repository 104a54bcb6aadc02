import { AtollError } from "@atoll/core/errors";
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type ConsumerInfo,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { wordsOf } from "./connection.ts";
import { UP_CONSUMER, UP_STREAM, UP_SUBJECTS } from "./names.ts";

/** What the broker keeps for the server at most. */
export interface UpStreamOptions {
  /** Copies within a cluster: 1, 3 or 5. */
  readonly replicas?: number;
  readonly maxBytes?: number;
  /** Frames say when they were sent and are refused later, so older ones are worth nothing. */
  readonly maxAgeMs?: number;
  /** Calls of one client that wait, long polls among them; more are refused, so that nobody fills the stream alone. */
  readonly maxPerClient?: number;
  /** How long the server may be silent about a frame before it is delivered again. */
  readonly ackWaitMs?: number;
}

/** So many that the server's own bounds come first. */
const MAX_UNACKNOWLEDGED = 50_000;
const NOT_FOUND: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamNotFound,
  JetStreamApiCodes.ConsumerNotFound,
]);

/** Makes the stream, or brings it to these settings; what it holds stays. */
export async function ensureStream(
  manager: JetStreamManager,
  { replicas = 1, maxBytes = 2 ** 30, maxAgeMs = 300_000, maxPerClient = 256 }: UpStreamOptions,
): Promise<void> {
  const changeable = {
    subjects: [UP_SUBJECTS],
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs_per_subject: maxPerClient,
    max_bytes: maxBytes,
    max_age: nanos(maxAgeMs),
    duplicate_window: nanos(Math.min(maxAgeMs, 120_000)),
    num_replicas: replicas,
  };
  try {
    if (await exists(manager.streams.info(UP_STREAM)))
      await manager.streams.update(UP_STREAM, changeable);
    else
      await manager.streams.add({
        ...changeable,
        name: UP_STREAM,
        retention: RetentionPolicy.Workqueue,
        storage: StorageType.File,
      });
  } catch (error) {
    throw streamFailed(error);
  }
}

/**
 * Makes the server's consumer. `isFirst`: forgets whatever a server before had been given and not acknowledged, so
 * that it comes at once instead of after that server's silence.
 */
export async function ensureConsumer(
  manager: JetStreamManager,
  { ackWaitMs, isFirst }: { readonly ackWaitMs: number; readonly isFirst: boolean },
): Promise<ConsumerInfo> {
  try {
    if (await exists(manager.consumers.info(UP_STREAM, UP_CONSUMER))) {
      if (!isFirst) return await manager.consumers.info(UP_STREAM, UP_CONSUMER);
      await manager.consumers.delete(UP_STREAM, UP_CONSUMER);
    }
    return await manager.consumers.add(UP_STREAM, {
      durable_name: UP_CONSUMER,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      deliver_policy: DeliverPolicy.All,
      max_ack_pending: MAX_UNACKNOWLEDGED,
    });
  } catch (error) {
    throw streamFailed(error);
  }
}

async function exists(looking: Promise<unknown>): Promise<boolean> {
  try {
    await looking;
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && NOT_FOUND.has(error.code)) return false;
    throw error;
  }
}

function streamFailed(error: unknown): AtollError {
  return new AtollError(
    "NATS_STREAM",
    `the NATS server does not keep the stream ${UP_STREAM}: ${wordsOf(error)}; it needs JetStream, room on its ` +
      `disk, and a user for the coordinator that may make streams`,
  );
}
