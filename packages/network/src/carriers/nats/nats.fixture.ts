import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { natsServerConfig, reloadNats } from "./server-config.ts";

/** A NATS server of a test, on this machine. */
export interface TestNats {
  /** "127.0.0.1:port", as carriers take it. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Stops it, if it runs, and starts it again at the same port with the same folder. */
  readonly restart: () => Promise<void>;
  /** Lets it no time for anything. */
  readonly kill9: () => Promise<void>;
  /** Gives a running one another configuration. */
  readonly reload: (config: string) => Promise<void>;
  /** Stops it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** Where a test's server is to be. */
export interface NatsSpot {
  readonly port: number;
  readonly folder: string;
}

const DEADLINE_MS = 10_000;
const open = ({ port, folder }: NatsSpot) =>
  natsServerConfig({
    host: "127.0.0.1",
    port,
    clients: [],
    jetstream: { folder: join(folder, "js") },
  });

/** The program, or undefined where this machine has none. */
export function findNats(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, "nats-server")).find((path) => existsSync(path));
}

/** A server that lets everybody in, or one as `config` says; undefined where the program is not installed. */
export async function startNats(
  config: (spot: NatsSpot) => string = open,
): Promise<TestNats | undefined> {
  const program = findNats();
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "atoll-nats-"));
  const spot = { port: await freePort(), folder };
  const [file, log] = [join(folder, "nats.conf"), join(folder, "nats.log")];
  let child: ChildProcess | undefined;

  const start = async () => {
    const started = spawn(program, ["-c", file, "-l", log], { stdio: "ignore" });
    child = started;
    process.once("exit", () => started.kill("SIGKILL"));
    const end = performance.now() + DEADLINE_MS;
    while (!(await greets(spot.port))) {
      if (started.exitCode !== null || performance.now() > end)
        throw new Error(
          `nats-server does not start:\n${await readFile(log, "utf8").catch(() => "")}`,
        );
      await sleep(10);
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = new Promise((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    await exited;
  };
  try {
    await writeFile(file, config(spot));
    await start();
  } catch (error) {
    await end("SIGKILL");
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    ...spot,
    url: `127.0.0.1:${spot.port}`,
    restart: async () => {
      await end("SIGTERM");
      await start();
    },
    kill9: () => end("SIGKILL"),
    reload: async (text) => {
      await writeFile(file, text);
      if (child?.pid !== undefined) reloadNats(child.pid);
    },
    stop: async () => {
      await end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether a NATS server says its first words there. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("data", () => socket.destroy());
    socket.once("error", () => {});
    socket.once("close", () => resolve(socket.bytesRead > 0));
  });
}
