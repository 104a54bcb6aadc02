import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import type { Experiment } from "@atoll/node/experiment";
import { adminClientOf, type AdminClient } from "../operations/index.ts";
import { joinServer } from "./open-client.ts";
import { initServer, openServerRecord } from "./open-server.ts";
import { numbersOf, type RunNumbers } from "./numbers.fixture.ts";

export interface ServerProcessOptions {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly recordUrl?: string;
  readonly checkpointSeconds?: number;
  /** It kills itself after so many transitions. */
  readonly killAt?: number | undefined;
}

export interface ClientProcessOptions {
  readonly directory: string;
  readonly dataDirectory: string;
  readonly killAt?: number | undefined;
}

export interface Spawned {
  /** Transitions that it said, and "ready". */
  readonly said: readonly string[];
  /** What it wrote to stderr last. */
  readonly problems: () => string;
  readonly isReady: Promise<void>;
  /** The signal that it ended by, or its exit code. */
  readonly ended: Promise<string | number>;
  readonly kill9: () => Promise<void>;
  /** In order. */
  readonly stop: () => Promise<void>;
}

export interface Processes {
  readonly root: string;
  readonly admin: AdminClient;
  readonly server: () => Spawned;
  readonly startServer: (killAt?: number) => Spawned;
  readonly client: (name: string) => Spawned;
  readonly startClient: (name: string, killAt?: number) => Spawned;
  readonly submit: (experiment: Experiment, clients?: readonly string[]) => Promise<string>;
  /** Waits until the run has ended, or also until all clients have forgotten it. */
  readonly waitForRun: (
    run: string,
    until?: "ended" | "forgotten",
    withinMs?: number,
  ) => Promise<void>;
  /** Stops all, in order. */
  readonly stopAll: () => Promise<void>;
  /** Stops all in order, and reads what is left. */
  readonly numbers: (run: string) => Promise<RunNumbers>;
  readonly close: () => Promise<void>;
}

export interface ProcessesOptions {
  readonly recordUrl?: string;
  readonly checkpointSeconds?: number;
  /** Where the server listens. */
  readonly host?: string;
  readonly dataDirectory?: string;
  /** What a client's command begins with. */
  readonly commandOf?: (client: string) => readonly string[];
}

const now = () => Date.now();

/** A server and its silos, each a process of its own, over mutual TLS; enrolled, and not started yet. */
export async function processesOf(
  clients: readonly string[],
  {
    recordUrl,
    checkpointSeconds = 0,
    host = "127.0.0.1",
    dataDirectory,
    commandOf = () => [],
  }: ProcessesOptions = {},
): Promise<Processes> {
  const root = await mkdtemp(join(tmpdir(), "atoll-processes-"));
  const directory = join(root, "server");
  const [port, adminPort] = [await freePort(host), await freePort("127.0.0.1")];
  await initServer(directory, { hosts: [host], now });
  const running = new Map<string, Spawned>();

  const start = (name: string, command: readonly string[]): Spawned => {
    const made = spawned(command, join(root, "compiled"));
    running.set(name, made);
    return made;
  };
  const startServer = (killAt?: number) => {
    const options: ServerProcessOptions = {
      directory,
      host,
      port,
      adminPort,
      checkpointSeconds,
      ...(recordUrl !== undefined && { recordUrl }),
      killAt,
    };
    return start("", nodeCommand("server-process.fixture.ts", options));
  };
  const admin = () => adminClientOf(directory, { address: `http://127.0.0.1:${adminPort}` });
  const own = (name: string) => join(root, `client-${name}`);

  const first = startServer();
  await first.isReady;
  for (const client of clients) {
    const { invitation } = await admin().invite({ client });
    await joinServer(invitation, { directory: own(client), now });
    mkdirSync(join(own(client), "data"));
  }

  const processOf = (name: string) => {
    const found = running.get(name);
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  };
  const stopAll = async () => {
    await Promise.all([...running.values()].map((one) => one.stop()));
  };

  return {
    root,
    get admin() {
      return admin();
    },
    server: () => processOf(""),
    startServer,
    client: processOf,
    startClient: (name, killAt) => {
      const options: ClientProcessOptions = {
        directory: own(name),
        dataDirectory: dataDirectory ?? join(own(name), "data"),
        killAt,
      };
      return start(name, [
        ...commandOf(name),
        ...nodeCommand("client-process.fixture.ts", options),
      ]);
    },
    submit: async (experiment, named) =>
      (await admin().submit({ experiment, ...(named && { clients: named }) } as never)).id,
    waitForRun: async (run, until = "forgotten", withinMs = 120_000) => {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const row = await ifThere(admin().run(run));
        const isOver = row !== undefined && row.state !== "waiting" && row.state !== "running";
        const areDone = row?.clients.every(({ state }) => state === "forgotten") === true;
        if (isOver && (until === "ended" || areDone)) return;
        if (performance.now() > deadline)
          throw new Error(`run ${run} does not end: ${JSON.stringify(row)}`);
        await pause(100);
      }
    },
    stopAll,
    numbers: async (run) => {
      await stopAll();
      const record = await openServerRecord(directory, recordUrl);
      try {
        return await numbersOf(record, run);
      } finally {
        await record.close();
      }
    },
    close: async () => {
      await Promise.all([...running.values()].map((one) => one.kill9()));
      await rm(root, { recursive: true, force: true });
    },
  };
}

function nodeCommand(file: string, options: object): readonly string[] {
  return [process.execPath, join(import.meta.dirname, file), JSON.stringify(options)];
}

function spawned([program, ...args]: readonly string[], compileCache: string): Spawned {
  const child = spawn(program!, args, {
    stdio: ["ignore", "pipe", "pipe"],
    // Compiled sources of earlier processes, where the tests share a place for them.
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
  });
  const said: string[] = [];
  let problems = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    problems = (problems + text).slice(-400_000);
  });
  const { promise: isReady, resolve, reject } = Promise.withResolvers<void>();
  isReady.catch(() => {});
  createInterface(child.stdout).on("line", (line) => {
    said.push(line);
    if (line === "ready") resolve();
  });
  const ended = once(child, "close").then(([code, signal]) => {
    const how = (signal ?? code) as string | number;
    reject(new Error(`the process ended with ${how} before it was ready: ${problems}`));
    if (how !== "SIGKILL" && how !== 0) process.stderr.write(problems);
    return how;
  });
  const endWith = async (signal: NodeJS.Signals) => {
    if (isAlive(child)) child.kill(signal);
    await ended;
  };
  return {
    said,
    problems: () => problems,
    isReady,
    ended,
    kill9: () => endWith("SIGKILL"),
    stop: () => endWith("SIGTERM"),
  };
}

const isAlive = ({ exitCode, signalCode }: ChildProcess) =>
  exitCode === null && signalCode === null;

/** Undefined while the server is down. */
async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AtollError && error.code === "SERVER_DOWN") return undefined;
    throw error;
  }
}

async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
