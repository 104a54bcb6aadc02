import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runStages } from "@atoll/core/federation";
import { openBlobStore } from "@atoll/network/blobs";
import { serveHttps, type FrameHandler, type ServerCarrier } from "@atoll/network/carriers";
import { serveNats, type NatsTls } from "@atoll/network/carriers/nats";
import { roundRulesSchema, type CoordinatorEvent } from "@atoll/network/coordinator";
import {
  createServerIdentity,
  generateSigningKey,
  makeRequest,
  verify,
  type ServerIdentity,
} from "@atoll/network/identity";
import { createMetrics, silentLog } from "@atoll/network/operations";
import { serveFrames, type CellKey } from "@atoll/network/protocol";
import {
  openPostgres,
  openRecord,
  openSqlite,
  verifyAudit,
  type RunRecord,
} from "@atoll/network/record";
import { createDesk } from "../../packages/network/src/coordinator/desk.ts";
import { cellExchange } from "../../packages/network/src/coordinator/exchange.ts";
import { operationHandlers } from "../../packages/network/src/coordinator/handlers.ts";
import { createKeeper } from "../../packages/network/src/coordinator/keeper.ts";
import { createOpenRounds } from "../../packages/network/src/coordinator/open-rounds.ts";
import type { ActiveRun, CoordinatorParts } from "../../packages/network/src/coordinator/types.ts";
import { watchServer } from "../../packages/network/src/hosting/watch-server.ts";
import { averaging, METHOD, type ModelSize } from "./averaging.ts";
import { cohortOf } from "./cohort.ts";
import { liveMiB, resetPeak, usage, type Usage } from "./usage.ts";
import { answering } from "./workers.ts";

/*
 * A server like that of `openServer`, with a method that only averages: a record, blobs, the handlers of a
 * coordinator, signed frames, and one carrier.
 */

export interface OpenParams {
  readonly clients: readonly string[];
  /** Of the database; default: a file. */
  readonly recordUrl?: string;
  readonly nats?: { readonly servers: readonly string[]; readonly tls: NatsTls };
}

export interface Credentials {
  readonly name: string;
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface Opened {
  readonly url: string;
  readonly serverPublicKey: string;
  readonly authorityPem: string;
  readonly clients: readonly Credentials[];
}

export interface RunParams {
  readonly run: string;
  readonly size: ModelSize;
  readonly rounds: number;
  /** Clients of a round; 0: all. */
  readonly cohort: number;
  readonly rules: Readonly<Record<string, unknown>>;
  readonly optional: boolean;
  readonly checkpointSeconds: number;
  /** After how many rounds to look at what is in memory. */
  readonly lookAfter?: readonly number[];
}

export interface RoundResult {
  readonly ms: number;
  readonly asked: number;
  readonly counted: readonly string[];
  readonly lost: number;
  readonly residentMiB: number;
}

export interface RunResult {
  readonly rounds: readonly RoundResult[];
  /** From `resetUsage` until all had answered, and from then until the round was over. */
  readonly receiving: Usage;
  readonly aggregating: Usage;
  /** Memory in use after so many rounds, where Node.js can be told to collect. */
  readonly liveMiB: readonly number[];
}

export interface AuditResult {
  readonly isWhole: boolean;
  /** By round: whom the log says that the round asked, who answered it, and who was dropped. */
  readonly rounds: readonly {
    readonly asked: readonly string[];
    readonly answered: readonly string[];
    readonly dropped: readonly string[];
  }[];
  readonly openTasks: number;
}

const directory = mkdtempSync(join(tmpdir(), "atoll-network-bench-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
const now = () => Date.now();

type Parts = CoordinatorParts & { readonly rounds: ReturnType<typeof createOpenRounds> };
let parts: Parts | undefined;
/** Members alone are looked up. */
const runs = new Map<string, ActiveRun>();
let carrier: ServerCarrier | undefined;
let onEvent: (event: CoordinatorEvent) => void = () => {};
let receivingSeconds = 0;

async function open(params: OpenParams): Promise<Opened> {
  const identity = await createServerIdentity(join(directory, "server"), {
    hosts: ["127.0.0.1"],
    now,
  });
  const record = await openRecord(
    params.recordUrl === undefined
      ? await openSqlite(join(directory, "record.sqlite"))
      : await openPostgres(params.recordUrl),
  );
  const blobs = await openBlobStore({
    directory: join(directory, "blobs"),
    maxBlobBytes: 2 ** 34,
    now,
  });
  const watching = watchServer({ log: silentLog, metrics: createMetrics(), record, now });
  const made: Parts = {
    record,
    blobs,
    desk: createDesk(),
    keeper: createKeeper({ record, blobs }),
    rounds: createOpenRounds(),
    directory,
    now,
    onEvent: (event) => {
      watching.onEvent(event);
      onEvent(event);
    },
    checkpointSeconds: 0,
  };
  parts = made;
  const nobody = () => Promise.reject(new Error("nobody joins here"));
  const handlers = operationHandlers(made, {
    rounds: made.rounds,
    runs,
    issue: nobody,
    publicKeyOf: nobody,
    authorityPem: () => "",
    announce: () => {},
    enrolled: () => {},
    afterClosed: async () => {},
    newId: randomUUID,
  });
  const handler = watching.watched(
    serveFrames({
      handlers: watching.counted(handlers),
      identify: async (name, nowMs) => {
        const client = await record.client(name, nowMs);
        return client && { publicKeys: client.certificates.map(({ publicKey }) => publicKey) };
      },
      serverKey: identity.key,
      verify,
      now,
      newId: randomUUID,
      onRefused: watching.onRefused,
      onError: (error) => console.error(error),
    }),
  );
  carrier = await carrierOf(params, handler, identity);
  const clients: Credentials[] = [];
  for (const name of params.clients) clients.push(await enrol(record, identity, name));
  return {
    url: carrier.address,
    serverPublicKey: identity.key.publicKey,
    authorityPem: identity.authority.certificatePem,
    clients,
  };
}

function carrierOf(
  { nats }: OpenParams,
  handler: FrameHandler,
  identity: ServerIdentity,
): Promise<ServerCarrier> {
  if (nats === undefined) return serveHttps({ identity, handler, host: "127.0.0.1", port: 0, now });
  return serveNats({ handler, servers: nats.servers, tls: () => nats.tls });
}

async function enrol(
  record: RunRecord,
  { authority }: ServerIdentity,
  name: string,
): Promise<Credentials> {
  const key = generateSigningKey();
  const issued = await authority.issueClientCertificate(await makeRequest(key, name), {
    client: name,
  });
  const nowMs = now();
  await record.invite({ client: name, tokenHash: name, expiresAtMs: nowMs + 1e6, nowMs });
  const { serial, publicKey, notAfterMs, certificatePem } = issued;
  await record.enrol({ tokenHash: name, nowMs, serial, publicKey, notAfterMs });
  return { name, keyPem: key.toPem(), certificatePem };
}

async function run({
  run: id,
  size,
  rounds,
  cohort,
  rules,
  optional,
  checkpointSeconds,
  lookAfter = [],
}: RunParams): Promise<RunResult> {
  const { record, blobs, keeper, rounds: openRounds } = parts!;
  const cell: CellKey = { run: id, seed: 1, method: METHOD };
  const enrolled = (await record.clients(now())).map(({ name }) => name);
  const job = await blobs.put([new TextEncoder().encode(id)]);
  await record.createRun(
    {
      id,
      name: "bench",
      experiment: "{}",
      rounds: "{}",
      methods: [METHOD],
      seeds: [1],
      jobs: new Map(enrolled.map((name) => [name, job])),
    },
    now(),
  );
  await record.setRunState({ run: id, state: "running", nowMs: now() });
  const clients = new Map(enrolled.map((name) => [name, { job, state: "accepted" as const }]));
  runs.set(id, { id, clients } as unknown as ActiveRun);

  const results: RoundResult[] = [];
  const asked: number[] = [];
  const lost: number[] = [];
  const counted = new Map<number, readonly string[]>();
  const live: number[] = [];
  let begunMs: number | undefined;
  let numAnswers = 0;
  let receiving = usage();
  onEvent = (event) => {
    if (event.kind === "round-start") {
      asked[event.round] = event.clients;
      numAnswers = 0;
      lost[event.round] = 0;
    }
    if (event.kind === "lost") lost[asked.length - 1]! += 1;
    if (event.kind === "answer" && ++numAnswers === asked.at(-1)) {
      receiving = usage();
      resetPeak();
    }
  };
  const stage = averaging({
    size,
    rounds,
    optional,
    cohort: (clients, round) => cohortOf(clients, round, cohort),
    onNext: (round) => {
      const atMs = performance.now();
      if (begunMs !== undefined)
        results.push({
          ms: atMs - begunMs,
          asked: asked[round - 1]!,
          counted: counted.get(round - 1)!,
          lost: lost[round - 1]!,
          residentMiB: usage().residentMiB,
        });
      if (lookAfter.includes(round)) live.push(liveMiB() ?? NaN);
      begunMs = performance.now();
    },
    onReplies: (round, clients) => counted.set(round, clients),
  });
  const seqs = new Map<string, number>();
  let savedMs = now();
  // As cells are kept by the coordinator: at most so often.
  const save = async (state: Uint8Array, numRounds: number) => {
    if (now() - savedMs < checkpointSeconds * 1000) return;
    await keeper.storing(async (touch) => {
      const claim = await blobs.put([state]);
      touch(claim.sha256);
      await record.checkpoint(
        cell,
        { state: claim, rounds: numRounds, seqs: Object.fromEntries(seqs) },
        { lines: [], nowMs: now() },
      );
    });
    savedMs = now();
    await keeper.sweep();
  };
  const { signal } = new AbortController();
  await runStages({
    stages: [stage],
    clients: enrolled,
    exchange: cellExchange(parts!, {
      cell,
      stages: [stage],
      seats: { parties: enrolled, clientOf: (party) => party },
      rules: roundRulesSchema.parse(rules),
      seqs,
      rounds: openRounds,
      isRevoked: () => false,
      signal,
    }),
    seed: 1,
    signal,
    onEvent: () => {},
    checkpoint: save,
  });
  const aggregating = usage();
  onEvent = () => {};
  runs.delete(id);
  return {
    rounds: results,
    liveMiB: live,
    receiving: { ...receiving, cpuSeconds: receiving.cpuSeconds - receivingSeconds },
    aggregating: { ...aggregating, cpuSeconds: aggregating.cpuSeconds - receiving.cpuSeconds },
  };
}

/** What the log, which is only ever added to, says of a run. */
async function audit({ run: id }: { readonly run: string }): Promise<AuditResult> {
  const { record } = parts!;
  const rounds: { asked: string[]; answered: string[]; dropped: string[] }[] = [];
  const roundOf = new Map<string, number>();
  const PAGE = 1000;
  for (let from = 1; ; from += PAGE) {
    const entries = await record.audit(from, PAGE);
    for (const { kind, detail } of entries) {
      const said = JSON.parse(detail) as {
        readonly cell?: CellKey;
        readonly client?: string;
        readonly seq?: number;
        readonly requests?: Readonly<Record<string, { readonly seq: number }>>;
        readonly seqs?: Readonly<Record<string, number>>;
      };
      if (said.cell?.run !== id) continue;
      if (kind === "round") {
        for (const [client, { seq }] of Object.entries(said.requests!))
          roundOf.set(`${client} ${seq}`, rounds.length);
        rounds.push({ asked: Object.keys(said.requests!), answered: [], dropped: [] });
      }
      if (kind === "answered")
        rounds[roundOf.get(`${said.client} ${said.seq}`)!]!.answered.push(said.client!);
      if (kind === "dropped")
        for (const [client, seq] of Object.entries(said.seqs!))
          rounds[roundOf.get(`${client} ${seq}`)!]!.dropped.push(client);
    }
    if (entries.length < PAGE) break;
  }
  const clients = (await record.clients(now())).map(({ name }) => name);
  const open = await Promise.all(clients.map((client) => record.tasksOf(client)));
  return {
    isWhole: (await verifyAudit(record)) === undefined,
    rounds,
    openTasks: open.flat().length,
  };
}

answering({
  open,
  run,
  audit,
  resetUsage: async () => {
    resetPeak();
    receivingSeconds = usage().cpuSeconds;
  },
  usage: async () => usage(),
  close: async () => {
    parts?.desk.close();
    await carrier?.close();
    await parts?.record.close();
  },
});
