import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { streamOf } from "@atoll/core/random";
import type { Experiment } from "@atoll/node/experiment";
import type { IdlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import { startFaultProxy, type FaultProxy } from "../carriers/fault-proxy.fixture.ts";
import { randomFaults, type Fault } from "../carriers/faults.fixture.ts";
import { connectNats, serveNats } from "../carriers/nats/index.ts";
import { freePort } from "../carriers/nats/nats.fixture.ts";
import { adminClientOf, silentLog } from "../operations/index.ts";
import { numbersOf, type RunNumbers } from "./numbers.fixture.ts";
import { joinServer, runClient } from "./open-client.ts";
import { initServer, openServer, openServerRecord } from "./open-server.ts";

export interface FaultyRunOptions {
  readonly clients: readonly string[];
  readonly experiment: Experiment;
  readonly threads: IdlePools;
  readonly seed: number;
  /** So many connections are harmed. */
  readonly connections: number;
  /** The port of a broker that lets everybody in; default: HTTPS. */
  readonly natsPort?: number;
  readonly deadlineMs: number;
  readonly onTransition?: (name: string) => void;
}

export interface FaultyRun {
  readonly numbers: RunNumbers;
  /** The faults that happened, in their order. */
  readonly happened: readonly Fault[];
  readonly connections: number;
}

const now = () => Date.now();
/** A call that stalls is given up after so long. */
const TRY_MS = 1500;
const WAIT_MS = 500;

/** A server and its silos in one process, and between them a network that harms what passes. */
export async function runThroughFaults(options: FaultyRunOptions): Promise<FaultyRun> {
  const { clients, natsPort, onTransition } = options;
  const root = await mkdtemp(join(tmpdir(), "atoll-faulty-"));
  const directory = join(root, "server");
  await initServer(directory, { hosts: ["127.0.0.1"], now });
  const port = await freePort();
  const proxy = await startFaultProxy({ target: { port: natsPort ?? port } });
  const joining = natsPort === undefined ? proxy.port : port;
  const server = await openServer({
    directory,
    host: "127.0.0.1",
    port,
    adminPort: 0,
    checkpointSeconds: 0,
    urls: [`https://127.0.0.1:${joining}`],
    now,
    log: silentLog,
    onTransition,
    ...(natsPort !== undefined && {
      carriers: [(handler) => serveNats({ servers: [`127.0.0.1:${natsPort}`], handler })],
    }),
  });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  const silos: Promise<void>[] = [];
  try {
    const admin = adminClientOf(directory);
    for (const client of clients) {
      const { invitation } = await admin.invite({ client });
      await joinServer(invitation, { directory: join(root, client), now });
      mkdirSync(join(root, client, "data"));
    }
    proxy.add(faultsOf(options, proxy));
    for (const client of clients)
      silos.push(siloOf(join(root, client), { proxy, options, signal: stop.signal }));
    const { id } = await admin.submit({ experiment: options.experiment });
    const deadline = performance.now() + options.deadlineMs;
    for (;;) {
      const { state, reason, clients: of } = await admin.run(id);
      const isOver = of.every((client) => client.state === "forgotten");
      if (isOver && state !== "waiting" && state !== "running") break;
      if (performance.now() > deadline)
        throw new Error(
          `${state} (${reason}) after ${options.deadlineMs} ms: ${JSON.stringify(proxy.happened())}`,
        );
      await pause(20);
    }
    stop.abort();
    await Promise.all([running, ...silos]);
    const record = await openServerRecord(directory);
    const numbers = await numbersOf(record, id);
    await record.close();
    return { numbers, happened: proxy.happened(), connections: proxy.counts().connections };
  } finally {
    stop.abort();
    await Promise.allSettled([running, ...silos]);
    await proxy.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** Some for each connection that is still to come: one that is harmed makes way for the next. */
function faultsOf(
  { seed, connections: num }: FaultyRunOptions,
  proxy: FaultProxy,
): readonly Fault[] {
  const { connections } = proxy.counts();
  const random = streamOf(seed);
  const plan = { connections: 1, faults: 2, belowByte: 20_000, maxDelayMs: 200 };
  return Array.from({ length: num }, (_, i) =>
    randomFaults(random, plan).map((fault) => ({ ...fault, connection: connections + 1 + i })),
  ).flat();
}

function siloOf(
  directory: string,
  {
    proxy,
    options: { threads, natsPort },
    signal,
  }: {
    readonly proxy: FaultProxy;
    readonly options: FaultyRunOptions;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const client = directory.slice(directory.lastIndexOf("/") + 1);
  return runClient(
    {
      directory,
      dataDirectory: join(directory, "data"),
      now,
      log: silentLog,
      threads: 1,
      openPool: threads.open,
      waitMs: WAIT_MS,
      pauseMs: 10,
      limits: { tryMs: TRY_MS, baseMs: 10, capMs: 200 },
      ...(natsPort !== undefined && {
        carrier: () =>
          connectNats({
            servers: [`127.0.0.1:${proxy.port}`],
            client,
            timeoutMs: TRY_MS + WAIT_MS,
            reconnectWaitMs: 20,
            connectTimeoutMs: 1000,
          }),
      }),
    },
    signal,
  );
}
