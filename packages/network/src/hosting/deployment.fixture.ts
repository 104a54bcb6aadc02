import { randomBytes, randomUUID } from "node:crypto";
import { cpSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Experiment } from "@atoll/node/experiment";
import type { IdlePools } from "../../../node/src/workers/idle-pools.fixture.ts";
import { openBlobStore, type BlobStore } from "../blobs/index.ts";
import { createInProcessCarrier, type ClientCarrier } from "../carriers/index.ts";
import {
  openCoordinator,
  roundRulesSchema,
  type Coordinator,
  type CoordinatorEvent,
} from "../coordinator/index.ts";
import { generateSigningKey, verify, type OwnKey } from "../identity/index.ts";
import {
  serveFrames,
  serverCalls,
  type CallSource,
  type OpenServerCalls,
} from "../protocol/index.ts";
import { openRecord, openSqlite, type RunRecord, type Sql } from "../record/index.ts";
import { runSilo, type SiloEvent, type SiloOptions } from "../silo/index.ts";
import { mortal, newLife, type Life } from "./mortal.fixture.ts";
import { numbersOf, type RunNumbers } from "./numbers.fixture.ts";

export interface LiveServer {
  readonly coordinator: Coordinator;
  /** Reads and changes what the server does; dies with it. */
  readonly record: RunRecord;
  readonly blobs: BlobStore;
  readonly events: CoordinatorEvent[];
  readonly refused: (CallSource & { readonly code: string; readonly message: string })[];
  readonly errors: unknown[];
  /** Settles with what the work ended with; of one that was killed, never. */
  readonly ended: Promise<unknown>;
  /** Settles when it is killed. */
  readonly killed: Promise<void>;
  /** From this instant on nothing that it was doing has an effect. */
  readonly kill: () => void;
  /** Frees what a killed one held, as the operating system does; then it can be started again. */
  readonly bury: () => Promise<void>;
  /** In order, as at a signal. */
  readonly stop: () => Promise<void>;
}

export interface LiveSilo {
  readonly events: SiloEvent[];
  /** Settles with what it ended with. */
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

export interface ServerSettings {
  readonly checkpointSeconds?: number;
  readonly onTransition?: (name: string, kill: () => void) => void;
  readonly openSql?: () => Promise<Sql>;
  readonly now?: () => number;
}

/** A server and its silos in one process, over frames that are signed and checked as on any carrier. */
export interface Deployment {
  readonly root: string;
  readonly keys: ReadonlyMap<string, OwnKey>;
  readonly server: () => LiveServer;
  readonly startServer: (settings?: ServerSettings) => Promise<LiveServer>;
  /** As a client that the carrier knows by this name; `now` is what its clock says. */
  readonly callsOf: (
    client: string,
    options?: { readonly key?: OwnKey; readonly now?: () => number },
  ) => OpenServerCalls;
  /** Frames as they are, from a client that the carrier knows by this name. */
  readonly connect: (client: string) => ClientCarrier;
  readonly startSilo: (client: string, settings?: Partial<SiloOptions>) => LiveSilo;
  readonly submit: (
    experiment: Experiment,
    also?: { readonly rounds?: object; readonly clients?: readonly string[] },
  ) => Promise<string>;
  /** Waits until the run has ended, over any number of servers. */
  readonly untilEnded: (run: string) => Promise<void>;
  /** Waits until clients have said what they released, and forgotten the run. */
  readonly untilForgotten: (run: string) => Promise<void>;
  readonly numbers: (run: string) => Promise<RunNumbers>;
  /** Everything as it lies on disk now, for another deployment to go on from. */
  readonly fork: () => Promise<Deployment>;
  readonly stopAll: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export const allowAll: SiloOptions["policy"] = { review: async () => ({ kind: "allowed" }) };

export async function deploy(clients: readonly string[], threads: IdlePools): Promise<Deployment> {
  const root = await mkdtemp(join(tmpdir(), "atoll-deployment-"));
  const keys = new Map(clients.map((client) => [client, generateSigningKey()]));
  const deployment = deploymentIn(root, { keys, serverKey: generateSigningKey(), threads });
  const { record } = await deployment.startServer();
  for (const [client, key] of keys) await enrol(record, client, key);
  return deployment;
}

/** Enrols a client as joining does. */
export async function enrol(
  record: RunRecord,
  client: string,
  { publicKey }: Pick<OwnKey, "publicKey">,
  notAfterMs = Date.now() + 1e9,
): Promise<void> {
  const nowMs = Date.now();
  const tokenHash = randomBytes(32).toString("hex");
  await record.invite({ client, tokenHash, expiresAtMs: nowMs + 1e6, nowMs });
  await record.enrol({ tokenHash, nowMs, serial: randomUUID(), publicKey, notAfterMs });
}

interface Parts {
  readonly keys: ReadonlyMap<string, OwnKey>;
  readonly serverKey: OwnKey;
  readonly threads: IdlePools;
}

function deploymentIn(root: string, { keys, serverKey, threads }: Parts): Deployment {
  const carrier = createInProcessCarrier();
  let live: LiveServer | undefined;
  const silos: LiveSilo[] = [];
  const server = () => {
    if (live === undefined) throw new Error("no server runs");
    return live;
  };

  const startServer = async (settings: ServerSettings = {}): Promise<LiveServer> => {
    await live?.stop();
    const directory = join(root, "server");
    mkdirSync(directory, { recursive: true });
    const life = newLife();
    const now = settings.now ?? (() => Date.now());
    const sql = await (settings.openSql ?? (() => openSqlite(join(directory, "record.sqlite"))))();
    const opened = await openRecord(sql, {
      onTransition: (name) => {
        if (!life.isOver()) settings.onTransition?.(name, life.end);
      },
    });
    const store = await openBlobStore({
      directory: join(directory, "blobs"),
      maxBlobBytes: 2 ** 34,
      now,
    });
    live = await serve({ directory, life, record: opened, blobs: store, settings, now });
    return live;
  };

  const serve = async ({
    directory,
    life,
    record: opened,
    blobs: store,
    settings,
    now,
  }: {
    readonly directory: string;
    readonly life: Life;
    readonly record: RunRecord;
    readonly blobs: Awaited<ReturnType<typeof openBlobStore>>;
    readonly settings: ServerSettings;
    readonly now: () => number;
  }): Promise<LiveServer> => {
    const record = mortal(opened, life);
    const blobs = mortal(store, life);
    const [events, refused, errors]: [CoordinatorEvent[], LiveServer["refused"], unknown[]] = [
      [],
      [],
      [],
    ];
    const coordinator = await openCoordinator({
      record,
      blobs,
      directory,
      now,
      newId: randomUUID,
      publicKeyOf: () => Promise.reject(new Error("nobody joins here")),
      issue: () => Promise.reject(new Error("nobody joins here")),
      authorityPem: () => "",
      onEvent: (event) => events.push(event),
      checkpointSeconds: settings.checkpointSeconds ?? 0,
    });
    const handler = serveFrames({
      handlers: coordinator.handlers,
      identify: async (name, nowMs) => {
        const client = await record.client(name, nowMs);
        return client && { publicKeys: client.certificates.map(({ publicKey }) => publicKey) };
      },
      serverKey,
      verify,
      now,
      newId: randomUUID,
      onRefused: (one) => refused.push(one),
      onError: (error) => errors.push(error),
    });
    const carried = carrier.serve(handler);
    const abort = new AbortController();
    const ended = coordinator.work(abort.signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    const free = async () => {
      await carried.close();
      await life.settled();
      await store.close();
      await opened.close();
      if (live === own) live = undefined;
    };
    let freed: Promise<void> | undefined;
    const own: LiveServer = {
      coordinator,
      record,
      blobs,
      events,
      refused,
      errors,
      ended,
      killed: life.ended,
      kill: life.end,
      bury: () => (freed ??= free()),
      stop: async () => {
        if (!life.isOver()) {
          abort.abort();
          await Promise.race([ended, life.ended]);
        }
        await own.bury();
      },
    };
    // Nobody hears of a process that is gone.
    void life.ended.then(() => carried.close());
    return own;
  };

  const callsOf: Deployment["callsOf"] = (
    client,
    { key = keys.get(client)!, now = () => Date.now() } = {},
  ) =>
    serverCalls({
      carrier: carrier.connect(client),
      client,
      key,
      serverPublicKey: serverKey.publicKey,
      verify,
      now,
      newId: randomUUID,
      sleep: (ms, signal) => pause(ms, undefined, { signal }),
      random: () => randomBytes(4).readUInt32LE() / 2 ** 32,
      limits: { baseMs: 2, capMs: 20 },
    });

  const until = async (run: string, isOver: (record: RunRecord) => Promise<boolean>) => {
    const deadline = performance.now() + 100_000;
    for (;;) {
      const record = live?.record;
      // A server that dies answers nothing.
      const over = record && (await Promise.race([isOver(record), pause(1000, false)]));
      if (over === true) return;
      if (performance.now() > deadline)
        throw new Error(`run ${run} does not end: ${JSON.stringify(live?.events.slice(-5))}`);
      await pause(10);
    }
  };

  const stopAll = async () => {
    await Promise.all(silos.splice(0).map((silo) => silo.stop()));
    await live?.stop();
  };

  return {
    root,
    keys,
    server,
    startServer,
    callsOf,
    connect: carrier.connect,
    startSilo: (client, settings = {}) => {
      const abort = new AbortController();
      const events: SiloEvent[] = [];
      const calls = callsOf(client);
      const ended = runSilo({
        calls,
        folder: join(root, client),
        policy: allowAll,
        data: { directory: root },
        threads: 1,
        signal: abort.signal,
        now: () => Date.now(),
        openPool: threads.open,
        waitMs: 2000,
        pauseMs: 20,
        ...settings,
        onEvent: (event) => {
          events.push(event);
          settings.onEvent?.(event);
        },
      })
        .then(
          () => undefined,
          (error: unknown) => error,
        )
        .finally(() => calls.close());
      const silo = {
        events,
        ended,
        stop: async () => {
          abort.abort();
          await ended;
        },
      };
      silos.push(silo);
      return silo;
    },
    submit: async (experiment, { rounds = {}, clients } = {}) => {
      const { run } = await server().coordinator.submit({
        experiment,
        rounds: roundRulesSchema.parse(rounds),
        clients,
      });
      return run.id;
    },
    untilEnded: (run) =>
      until(run, async (record) => {
        const row = await record.run(run);
        return row !== undefined && row.state !== "waiting" && row.state !== "running";
      }),
    untilForgotten: (run) =>
      until(run, async (record) =>
        (await record.runClients(run)).every(({ state }) => state === "forgotten"),
      ),
    numbers: (run) => numbersOf(server().record, run),
    fork: async () => {
      const other = await mkdtemp(join(tmpdir(), "atoll-deployment-"));
      cpSync(root, other, { recursive: true });
      return deploymentIn(other, { keys, serverKey, threads });
    },
    stopAll,
    close: async () => {
      await stopAll();
      await rm(root, { recursive: true, force: true });
    },
  };
}
