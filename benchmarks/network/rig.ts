import { join } from "node:path";
import type { NatsTls } from "@atoll/network/carriers/nats";
import type { Opened, OpenParams } from "./server-process.ts";
import type { SiloParams } from "./silo-process.ts";
import { startWorker, type Worker } from "./workers.ts";

export interface RigOptions {
  readonly clients: readonly string[];
  /** Processes that the silos are spread over; default: one each. */
  readonly processes?: number;
  readonly recordUrl?: string;
  readonly nats?: {
    readonly servers: readonly string[];
    readonly tlsOf: (client: string | undefined) => Promise<NatsTls>;
  };
  /** What every silo is started with. */
  readonly silo?: Partial<Pick<SiloParams, "bad" | "twice" | "hold">>;
  /** Flags of Node.js for the server. */
  readonly flags?: readonly string[];
}

/** A server in a process of its own, and silos in others. */
export interface Rig {
  readonly server: Worker;
  readonly silos: readonly Worker[];
  readonly close: () => Promise<void>;
}

const here = (name: string) => join(import.meta.dirname, name);

export async function startRig({
  clients,
  processes = clients.length,
  recordUrl,
  nats,
  silo = {},
  flags,
}: RigOptions): Promise<Rig> {
  const server = startWorker(here("server-process.ts"), flags);
  const silos = Array.from({ length: processes }, () => startWorker(here("silo-process.ts")));
  // What one of them did not survive, the others would wait for.
  for (const one of [server, ...silos])
    void one.died.then(() => [server, ...silos].forEach((other) => other.kill()));
  const close = async () => {
    await Promise.all(silos.map((one) => one.ask("stop").catch(() => {})));
    await server.ask("close").catch(() => {});
    await Promise.all([server, ...silos].map((one) => one.stop()));
  };
  try {
    const params: OpenParams = {
      clients,
      ...(recordUrl !== undefined && { recordUrl }),
      ...(nats && { nats: { servers: nats.servers, tls: await nats.tlsOf(undefined) } }),
    };
    const opened = await server.ask<Opened>("open", params);
    await Promise.all(
      opened.clients.map(async (client, i) => {
        const own: SiloParams = {
          ...opened,
          client,
          bad: 0,
          twice: 0,
          hold: false,
          ...silo,
          ...(nats && { nats: { servers: nats.servers, tls: await nats.tlsOf(client.name) } }),
        };
        await silos[i % processes]!.ask("start", own);
      }),
    );
    return { server, silos, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export const clientNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `silo-${String(i).padStart(3, "0")}`);
