import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { workerPool } from "@atoll/node/workers";
import { linkAborts, type Order } from "../protocol/index.ts";
import { lockFolder } from "./lock.ts";
import { orderBook, type OrderBook } from "./order-book.ts";
import { siloRuns } from "./runs.ts";
import { threadLimit } from "./threads.ts";
import type { SiloOptions, SiloParts } from "./types.ts";

/**
 * Works for the server beside a silo's rows until the signal aborts: asks for orders, and carries them out. All that
 * counts is in the folder, so that it may be killed at any instant and started again. SILO_LOCKED where another
 * process has the folder; throws what the server refuses a poll with.
 */
export async function runSilo(options: SiloOptions): Promise<void> {
  const { folder, signal } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  const ending = new AbortController();
  const both = AbortSignal.any([signal, ending.signal]);
  const runs = siloRuns(partsOf(options, both, (error) => ending.abort(error)));
  const book = orderBook(runs, { ...options, signal: both });
  try {
    await pollForOrders(options, book, both);
  } catch (error) {
    ending.abort(error);
    if (!signal.aborted) throw error;
  } finally {
    ending.abort();
    await runs.release();
    await book.settled();
    // What was being opened in the meantime.
    await runs.release();
    lock.release();
  }
}

function partsOf(
  {
    calls,
    folder,
    policy,
    data,
    threads = availableParallelism(),
    now,
    onEvent,
    onTransition,
    openPool = workerPool,
  }: SiloOptions,
  signal: AbortSignal,
  end: (error: unknown) => void,
): SiloParts {
  return {
    calls,
    folder: resolve(folder),
    policy,
    dataDirectory: resolve(data.directory),
    signal,
    now,
    onEvent,
    openPool,
    withThreads: threadLimit(threads),
    step: async (step) => {
      signal.throwIfAborted();
      try {
        await onTransition?.(step);
      } catch (error) {
        end(error);
      }
      signal.throwIfAborted();
    },
  };
}

const WAIT_MS = 20_000;
/** Between two polls that bring nothing but what is being carried out. */
const PAUSE_MS = 1000;

/** Each poll says what is being worked on, which the server takes for a sign of life. */
async function pollForOrders(
  { calls, onEvent, waitMs = WAIT_MS, pauseMs = PAUSE_MS }: SiloOptions,
  book: OrderBook,
  signal: AbortSignal,
): Promise<void> {
  let state: "new" | "idle" | "busy" = "new";
  while (!signal.aborted) {
    const failure = book.failure();
    const link = linkAborts([signal, failure]);
    let orders: readonly Order[];
    try {
      // The first poll does not wait, so that it is soon known whether the server is there.
      const poll = { waitMs: state === "new" ? 0 : waitMs, busy: book.busy() };
      ({ orders } = (await calls.call("poll", poll, { signal: link.signal })).reply);
    } catch (error) {
      // What a poll says is being worked on, its answer keeps back: an order that has failed asks for a new poll.
      if (failure.aborted && !signal.aborted) continue;
      throw error;
    } finally {
      link.release();
    }
    if (state === "new") {
      state = "busy";
      onEvent({ kind: "connected" });
    }
    if (book.take(orders)) state = "busy";
    else if (orders.length > 0) await book.changed(pauseMs);
    else if (state === "busy" && book.isEmpty()) {
      state = "idle";
      onEvent({ kind: "idle" });
    }
  }
  signal.throwIfAborted();
}
