import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStages, throughConnections, type ExchangeRound } from "@atoll/core/federation";
import { nodeCryptography } from "@atoll/node/cryptography";
import { experimentSchema, type Experiment } from "@atoll/node/experiment";
import { engineConfig } from "@atoll/node/executor";
import { privacyServices } from "@atoll/node/ledger";
import {
  augmentationSources,
  partiesOf,
  partySpec,
  planOf,
  prepareClients,
  privacyPlaceOf,
  rowsOf,
  runFolder,
  SERVER,
  splitIn,
  stagesOf,
} from "@atoll/node/runs";
import { workerPool, type WorkerPool } from "@atoll/node/workers";
import type { SiloPolicy } from "../policy/index.ts";
import type { CellKey, Job } from "../protocol/index.ts";
import type { FakeServer } from "./coordinator.fixture.ts";
import type { SiloEvent } from "./events.ts";
import { clientsOf } from "./held.ts";
import { runSilo } from "./silo.ts";
import type { SiloOptions } from "./types.ts";

/** Two markets that train a small model together. */
export function tinyExperiment(own: Readonly<Record<string, unknown>> = {}): Experiment {
  return experimentSchema.parse({
    name: "tiny",
    data: { kind: "synthetic", markets: { a: { rows: 300 }, b: { rows: 200 } } },
    split: { kind: "random", valid: 0.2, test: 0.2 },
    model: { kind: "deepfm", width: 2, hidden: [4], batchNorm: true, embeddingStd: 0.1 },
    methods: ["fedavg"],
    federation: { rounds: 2, shared: ["segment"] },
    training: { batchSize: 64, optimiser: { kind: "adam", learningRate: 0.01 } },
    seeds: [1],
    ...own,
  });
}

export function jobOf(
  experiment: Experiment,
  { run = "run-1", client }: { readonly run?: string; readonly client: string },
): Job {
  const methods = planOf(experiment)
    .methods.map(({ entry }) => entry.name)
    .filter((name) => name !== "best-possible");
  return {
    protocol: 1,
    run,
    name: experiment.name,
    experiment,
    parties: Object.fromEntries(methods.map((name) => [name, client])),
    methods,
  };
}

export const allowAll: SiloPolicy = { review: async () => ({ kind: "allowed" }) };

/** A silo that runs beside the test. */
export interface RunningSilo {
  readonly events: SiloEvent[];
  /** Settles with what it ended with. */
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

export interface SiloBench {
  /** A folder that is removed in the end. */
  readonly newFolder: () => Promise<string>;
  readonly start: (
    server: FakeServer,
    client: string,
    options: Partial<SiloOptions> & Pick<SiloOptions, "folder">,
  ) => RunningSilo;
  /** The same cell in this process; gives each party's answers in their order. */
  readonly inProcess: (
    experiment: Experiment,
    cell: CellKey,
  ) => Promise<ReadonlyMap<string, readonly Uint8Array[]>>;
  /** Drives the server's side of a cell. */
  readonly drive: (
    experiment: Experiment,
    cell: CellKey,
    exchange: ExchangeRound,
    parties?: readonly string[],
  ) => Promise<void>;
  readonly stopAll: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Threads are shared by the silos of a file: starting one takes longer than what it does here. */
export async function siloBench(): Promise<SiloBench> {
  const root = await mkdtemp(join(tmpdir(), "atoll-silo-"));
  const pools = new Map<string, WorkerPool>();
  let numFolders = 0;
  const poolOf = (client: string) => {
    const pool = pools.get(client) ?? workerPool(1, engineConfig.parse({}));
    pools.set(client, pool);
    return { ...pool, close: pool.clear };
  };
  const newFolder = async () => join(root, `folder-${numFolders++}`);
  const running: RunningSilo[] = [];
  const signal = new AbortController().signal;

  const stopAll = async () => {
    for (const silo of running.splice(0)) await silo.stop();
  };

  const drive: SiloBench["drive"] = async (experiment, cell, exchange, given) => {
    const planned = planOf(experiment).methods.find(({ entry }) => entry.name === cell.method)!;
    const { entry, settings } = planned;
    const parties = given ?? partiesOf(entry, clientsOf(experiment)).map(({ name }) => name);
    const folder = runFolder(await newFolder());
    const record = { experiment, experimentDirectory: root };
    const place = privacyPlaceOf(
      { party: SERVER, role: "server" },
      { cell, planned, folder, record },
    );
    const outcome = await runStages({
      stages: stagesOf(entry, settings),
      clients: parties,
      exchange,
      seed: cell.seed,
      privacy: privacyServices(place, nodeCryptography),
      signal,
      onEvent: () => {},
      checkpoint: async () => {},
    });
    if (outcome.kind !== "done") throw new Error("stopped");
  };

  return {
    newFolder,
    drive,
    start: (server, client, options) => {
      const abort = new AbortController();
      const events: SiloEvent[] = [];
      const ended = runSilo({
        calls: server.callsOf(client),
        policy: allowAll,
        data: { directory: root },
        threads: 1,
        signal: abort.signal,
        now: () => Date.now(),
        openPool: () => poolOf(client),
        waitMs: 50,
        pauseMs: 2,
        ...options,
        onEvent: (event) => {
          events.push(event);
          options.onEvent?.(event);
        },
      }).then(
        () => undefined,
        (error: unknown) => error,
      );
      const silo = {
        events,
        ended,
        stop: async () => {
          abort.abort();
          await ended;
        },
      };
      running.push(silo);
      return silo;
    },
    inProcess: async (experiment, cell) => {
      const planned = planOf(experiment).methods.find(({ entry }) => entry.name === cell.method)!;
      const folder = runFolder(await newFolder());
      const splits = (await prepareClients(experiment, root, () => {}, signal)).get(cell.seed)!;
      const record = { experiment, experimentDirectory: root };
      const place = { experimentDirectory: root, cache: undefined };
      const augmentation = (await augmentationSources([planned], place)).get(cell.method);
      // A thread that no silo is at work on, if there is one.
      const pool = poolOf(running.length === 0 ? "a" : "in-process");
      const replies = new Map<string, Uint8Array[]>();
      const names = splits.map(({ client }) => client);
      const connections = [];
      for (const party of partiesOf(planned.entry, names)) {
        const context = { cell, planned, folder, record };
        const privacy = privacyPlaceOf({ party: party.name, role: "client" }, context);
        const spec = partySpec({ cell, party }, { planned, folder, privacy, augmentation });
        const open = await pool.open(spec, rowsOf(spec, splits), splitIn(splits));
        connections.push({
          ...open,
          request: async (bytes: Uint8Array) => {
            const reply = await open.request(bytes);
            replies.set(party.name, [...(replies.get(party.name) ?? []), reply]);
            return reply;
          },
        });
      }
      const parties = connections.map(({ name }) => name);
      await drive(experiment, cell, throughConnections(connections).exchange, parties);
      for (const connection of connections) await connection.close();
      await pool.close();
      return replies;
    },
    stopAll,
    close: async () => {
      await stopAll();
      for (const pool of pools.values()) await pool.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
