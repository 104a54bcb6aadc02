import { setTimeout as pause } from "node:timers/promises";
import type { CellKey, Order } from "../protocol/index.ts";
import type { SiloRuns } from "./runs.ts";
import { textOf } from "./told.ts";
import type { SiloOptions } from "./types.ts";

/** Orders that are being carried out. */
export interface OrderBook {
  /** Takes what is new; true where there was something. */
  readonly take: (orders: readonly Order[]) => boolean;
  /** Requests that are being worked on, or wait for others of their cell. */
  readonly busy: () => { readonly cell: CellKey; readonly seq: number }[];
  /** Aborted when the next order fails, which is no longer being worked on then. */
  readonly failure: () => AbortSignal;
  readonly isEmpty: () => boolean;
  /** Settles when an order is done, or the time is over. */
  readonly changed: (mostMs: number) => Promise<void>;
  /** Settles when nothing is being carried out. */
  readonly settled: () => Promise<void>;
}

/**
 * When an order that comes again is looked at again. One that was carried out rests too: a server that keeps asking
 * for it, such as for a request that was refused, would have it computed without end.
 */
interface Rest {
  readonly times: number;
  readonly atMs: number;
}

const MOST_DOUBLINGS = 5;

/** Carries orders out: those of a cell one after another, cells beside each other, the end of a run after all of it. */
export function orderBook(
  runs: SiloRuns,
  {
    signal,
    now,
    onEvent,
    pauseMs = 1000,
  }: Pick<SiloOptions, "signal" | "now" | "onEvent" | "pauseMs">,
): OrderBook {
  const working = new Map<string, Order>();
  const resting = new Map<string, Rest>();
  /** The last work of each queue. */
  const queues = new Map<string, { readonly run: string; readonly done: Promise<void> }>();
  let failure = new AbortController();
  let wake = () => {};
  let change = new Promise<void>((resolve) => (wake = resolve));

  const carryOut = async (order: Order): Promise<void> => {
    switch (order.kind) {
      case "job":
        return runs.job(order);
      case "request":
        return runs.cell(order.cell).request(order);
      case "close":
        return runs.cell(order.cell).close();
      case "forget":
        return runs.forget(order.run);
    }
  };

  const start = (name: string, order: Order) => {
    working.set(name, order);
    const run = runOf(order);
    const queue = queueOf(order);
    const isLast = order.kind === "forget";
    if (isLast) runs.stop(run);
    const before = [...queues].flatMap(([other, { run: of, done }]) =>
      other === queue || (of === run && (isLast || other === queueOf({ kind: "forget", run })))
        ? [done]
        : [],
    );
    let failed = false;
    const work = async () => {
      await Promise.all(before);
      if (signal.aborted) return;
      const times = (resting.get(name)?.times ?? 0) + 1;
      try {
        await carryOut(order);
      } catch (error) {
        if (signal.aborted || (!isLast && runs.isStopped(run))) return;
        failed = true;
        onEvent({ kind: "error", order, text: textOf(error) });
      }
      const waitMs = pauseMs * 2 ** Math.min(times - 1, MOST_DOUBLINGS);
      resting.set(name, { times, atMs: now() + waitMs });
    };
    const done = work().finally(() => {
      working.delete(name);
      if (queues.get(queue)?.done === done) queues.delete(queue);
      if (failed) {
        failure.abort(new Error("an order failed"));
        failure = new AbortController();
      }
      const call = wake;
      change = new Promise<void>((resolve) => (wake = resolve));
      call();
    });
    queues.set(queue, { run, done });
  };

  return {
    take: (orders) => {
      let isNew = false;
      for (const [name, { atMs }] of resting)
        if (atMs + pauseMs * 2 ** (MOST_DOUBLINGS + 1) < now()) resting.delete(name);
      for (const order of orders) {
        const name = JSON.stringify(order);
        if (working.has(name) || (resting.get(name)?.atMs ?? -Infinity) > now()) continue;
        start(name, order);
        isNew = true;
      }
      return isNew;
    },
    busy: () =>
      [...working.values()].flatMap((order) =>
        order.kind === "request" ? [{ cell: order.cell, seq: order.seq }] : [],
      ),
    failure: () => failure.signal,
    isEmpty: () => working.size === 0,
    changed: async (mostMs) => {
      const timer = new AbortController();
      const over = pause(mostMs, undefined, { signal: AbortSignal.any([signal, timer.signal]) });
      await Promise.race([change, over.catch(() => {})]);
      timer.abort();
    },
    settled: async () => {
      await Promise.all([...queues.values()].map(({ done }) => done));
    },
  };
}

const runOf = (order: Order): string =>
  order.kind === "job" || order.kind === "forget" ? order.run : order.cell.run;

/** Orders of one queue wait for each other. */
function queueOf(order: Order | { readonly kind: "forget"; readonly run: string }): string {
  switch (order.kind) {
    case "job":
    case "forget":
      return JSON.stringify([order.run]);
    case "request":
    case "close": {
      const { run, seed, method } = order.cell;
      return JSON.stringify([run, seed, method]);
    }
  }
}
