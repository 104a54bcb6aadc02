import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, BlockList, isIP } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { AtollError } from "@atoll/core/errors";
import { adminApp, type AdminAppOptions } from "./admin-app.ts";

export const DEFAULT_ADMIN_PORT = 7444;
/** Answers that take longer than this are broken off when the server is closed. */
const CLOSE_MS = 2000;

export interface AdminServerOptions extends AdminAppOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 7444; 0: any free one. */
  readonly port?: number;
  /** Other machines may reach it, without encryption: only behind a proxy that adds it. */
  readonly allowRemote?: boolean;
}

export interface AdminServer {
  readonly address: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Listens for operators: health, metrics, administration. ADMIN_BIND, ADMIN_PORT. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { host = "127.0.0.1", port = DEFAULT_ADMIN_PORT } = options;
  if (!isLoopback(host) && options.allowRemote !== true)
    throw new AtollError(
      "ADMIN_BIND",
      `the admin server would listen on ${host}, where other machines reach it without encryption; leave it on 127.0.0.1 and come through SSH or a proxy, or allow it explicitly`,
    );
  const { fetch } = adminApp(options);
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new AtollError(
      "ADMIN_PORT",
      `the admin server cannot listen on ${host} port ${port} (${code}); ${code === "EADDRINUSE" ? "another server may be running there: choose another port with --admin-port" : "choose another port or host"}`,
      { cause: error },
    );
  }
  const { port: listening } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(":") ? `[${host}]` : host}:${listening}`,
    port: listening,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      const impatient = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(impatient);
    },
  };
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}
