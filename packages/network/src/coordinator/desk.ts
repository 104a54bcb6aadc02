import { AtollError } from "@atoll/core/errors";
import type { CellKey, Order } from "../protocol/index.ts";

/** What a client is told to do: orders by a name of their own, in the order in which they came up. */
export interface Desk {
  /** Puts an order on a client's desk; one of the same name is replaced. */
  readonly put: (client: string, name: string, order: Order) => void;
  readonly take: (client: string, name: string) => void;
  readonly has: (client: string, name: string) => boolean;
  /** Orders other than requests that the client is busy with; waits for so long where there are none. */
  readonly wait: (
    client: string,
    options: {
      readonly waitMs: number;
      readonly busy: readonly { readonly cell: CellKey; readonly seq: number }[];
      readonly signal: AbortSignal;
    },
  ) => Promise<readonly Order[]>;
  /** Ends every poll that waits, and those that come later: SERVER_BUSY. */
  readonly close: () => void;
}

export const requestName = ({ run, seed, method }: CellKey, seq: number) =>
  JSON.stringify(["request", run, seed, method, seq]);
export const closeName = ({ run, seed, method }: CellKey) =>
  JSON.stringify(["close", run, seed, method]);
export const jobName = (run: string) => JSON.stringify(["job", run]);
export const forgetName = (run: string) => JSON.stringify(["forget", run]);

/** More wait for the next poll: the words of an answer have a limit. */
const MAX_ORDERS = 100;

export function createDesk(): Desk {
  const orders = new Map<string, Map<string, Order>>();
  const sleepers = new Map<string, Set<() => void>>();
  let closed = false;

  const wake = (client: string) => {
    for (const sleeper of sleepers.get(client) ?? []) sleeper();
  };
  const of = (client: string) => {
    const known = orders.get(client);
    if (known !== undefined) return known;
    const made = new Map<string, Order>();
    orders.set(client, made);
    return made;
  };

  return {
    put: (client, name, order) => {
      of(client).set(name, order);
      wake(client);
    },
    take: (client, name) => {
      of(client).delete(name);
    },
    has: (client, name) => of(client).has(name),
    wait: async (client, { waitMs, busy, signal }) => {
      const working = new Set(busy.map(({ cell, seq }) => requestName(cell, seq)));
      const open = () =>
        [...of(client)]
          .flatMap(([name, order]) => (working.has(name) ? [] : [order]))
          .slice(0, MAX_ORDERS);
      const own = sleepers.get(client) ?? new Set();
      sleepers.set(client, own);
      // An order may come up while there are none: the poll sleeps until one is on the desk.
      await new Promise<void>((resolve) => {
        if (open().length > 0 || waitMs === 0 || closed || signal.aborted) return resolve();
        const done = () => {
          clearTimeout(timer);
          own.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        own.add(done);
        signal.addEventListener("abort", done);
      });
      const orders = open();
      // An empty answer would be asked for again at once.
      if (closed && orders.length === 0)
        throw new AtollError("SERVER_BUSY", "the server is stopping; call again later");
      return orders;
    },
    close: () => {
      closed = true;
      for (const client of sleepers.keys()) wake(client);
    },
  };
}
