import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { type Direction, type Fault, HARM_KINDS, type HarmKind } from "./faults.fixture.ts";
import { faultyBytes } from "./faulty-bytes.fixture.ts";

export interface FaultCounts {
  /** Connections that were accepted so far, and those that are open. */
  readonly connections: number;
  readonly open: number;
  /** Bytes that were delivered, in each direction. */
  readonly upBytes: number;
  readonly downBytes: number;
  /** Harms that were done, by kind. */
  readonly harms: Readonly<Record<HarmKind, number>>;
}

export interface FaultProxy {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly counts: () => FaultCounts;
  /** The faults that happened, in their order. */
  readonly happened: () => readonly Fault[];
  /** Faults of connections that come later; connections that are open keep theirs. */
  readonly add: (faults: readonly Fault[]) => void;
  /** Resets all open connections, as a network does that is gone. */
  readonly breakAll: () => void;
  readonly close: () => Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly gone: AbortController;
}

/** A TCP proxy on a free port that passes bytes on, but for the faults. */
export async function startFaultProxy(options: {
  readonly target: { readonly host?: string; readonly port: number };
  readonly faults?: readonly Fault[];
}): Promise<FaultProxy> {
  const faults = [...(options.faults ?? [])];
  const happened: Fault[] = [];
  const links = new Set<Link>();
  const delivered = { up: 0, down: 0 };
  let connections = 0;

  const pass = async (link: Link, direction: Direction, own: readonly Fault[]) => {
    const [from, to] = direction === "up" ? [link.client, link.server] : [link.server, link.client];
    const { signal } = link.gone;
    const harmed = faultyBytes(own, (fault) => happened.push(fault));
    const write = async (bytes: Uint8Array) => {
      if (!to.write(bytes)) await once(to, "drain", { signal });
      delivered[direction] += bytes.length;
    };
    const last = await untilOver();
    if (last === "reset") reset(link);
    else if (last === "cut") cut(link);
    else if (last !== "stall") {
      to.end();
      // What comes after a truncation goes nowhere.
      if (last === "truncate") from.resume();
    }

    async function untilOver(): Promise<HarmKind | "end"> {
      for await (const chunk of from.iterator({ destroyOnReturn: false }))
        for (const deed of harmed.push(chunk as Uint8Array)) {
          if (deed.kind === "bytes") await write(deed.bytes);
          else if (deed.kind === "delay") await after(deed.delayMs, undefined, { signal });
          else return deed.kind;
        }
      for (const deed of harmed.end()) if (deed.kind === "bytes") await write(deed.bytes);
      return "end";
    }
  };

  const listener = createServer({ allowHalfOpen: true }, (client) => {
    const connection = ++connections;
    const server = connect({ host: "127.0.0.1", ...options.target, allowHalfOpen: true });
    const link: Link = { client, server, gone: new AbortController() };
    links.add(link);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // A side that breaks off takes the other one with it.
      socket.on("error", () => breakOff(link));
      socket.on("close", () => {
        if (!client.destroyed || !server.destroyed) return;
        link.gone.abort();
        links.delete(link);
      });
    }
    const own = faults.filter((fault) => fault.connection === connection);
    for (const direction of ["up", "down"] as const)
      pass(
        link,
        direction,
        own.filter((fault) => fault.direction === direction),
      ).catch(() => breakOff(link));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");

  return {
    host: "127.0.0.1",
    port: (listener.address() as AddressInfo).port,
    counts: () => ({
      connections,
      open: links.size,
      upBytes: delivered.up,
      downBytes: delivered.down,
      harms: Object.fromEntries(
        HARM_KINDS.map((kind) => [kind, happened.filter((fault) => fault.kind === kind).length]),
      ) as Record<HarmKind, number>,
    }),
    happened: () => [...happened],
    add: (more) => {
      faults.push(...more);
    },
    breakAll: () => links.forEach(reset),
    close: async () => {
      const closed = once(listener, "close");
      listener.close();
      links.forEach(reset);
      await closed;
    },
  };
}

function cut({ client, server, gone }: Link): void {
  gone.abort();
  client.destroySoon();
  server.destroySoon();
}

function reset({ client, server, gone }: Link): void {
  gone.abort();
  for (const socket of [client, server]) if (!socket.destroyed) socket.resetAndDestroy();
}

/** One side is gone by itself. Where the link is being cut, what has been written may still arrive. */
function breakOff(link: Link): void {
  if (!link.gone.signal.aborted) reset(link);
}
