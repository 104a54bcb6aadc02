import { AtollError } from "@atoll/core/errors";
import { fullDisk, isFullDisk, type BlobStore } from "../blobs/index.ts";
import { printable, type OperationHandlers } from "../protocol/index.ts";
import type { RunRecord, RunRow } from "../record/index.ts";
import { closeName, createDesk, forgetName, jobName } from "./desk.ts";
import { operationHandlers, type Enrolling } from "./handlers.ts";
import { createKeeper } from "./keeper.ts";
import { createOpenRounds } from "./open-rounds.ts";
import { activate, executeRun } from "./run.ts";
import { planSubmission, type PlannedRun, type Submission } from "./submit.ts";
import type { ActiveRun, CoordinatorEvent, CoordinatorParts } from "./types.ts";

export interface CoordinatorOptions extends Enrolling {
  readonly record: RunRecord;
  readonly blobs: BlobStore;
  /** The server's folder. */
  readonly directory: string;
  readonly now: () => number;
  readonly onEvent: (event: CoordinatorEvent) => void;
  /** Default: 5. */
  readonly checkpointSeconds?: number;
}

export interface Coordinator {
  readonly handlers: OperationHandlers;
  /** Works on all runs that the record knows, and on those that are submitted, until the signal comes. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** CLIENT_UNKNOWN where a client of the run is not enrolled. */
  readonly submit: (submission: Submission) => Promise<PlannedRun>;
  /** RUN_UNKNOWN, RUN_ENDED. */
  readonly cancel: (run: string) => Promise<void>;
  /** Ends a client's part in everything, at once. */
  readonly revoke: (client: string) => Promise<void>;
}

/** The server of runs: everything it knows is in the record, so it can be killed and started at any instant. */
export async function openCoordinator(options: CoordinatorOptions): Promise<Coordinator> {
  const { record, blobs, directory, now, onEvent, checkpointSeconds = 5 } = options;
  const keeper = createKeeper({ record, blobs });
  const desk = createDesk();
  const parts: CoordinatorParts = {
    record,
    blobs,
    desk,
    keeper,
    directory,
    now,
    onEvent,
    checkpointSeconds,
  };
  const rounds = createOpenRounds();
  const runs = new Map<string, ActiveRun>();
  const revoked = new Set(
    (await record.clients(now())).flatMap(({ name, revokedAtMs }) =>
      revokedAtMs === undefined ? [] : [name],
    ),
  );
  let announce = () => {};
  let announced = new Promise<void>((resolve) => (announce = resolve));
  const tell = () => {
    const call = announce;
    announced = new Promise<void>((resolve) => (announce = resolve));
    call();
  };

  /** Clients of a run that has ended say what they released, then forget it. */
  const retire = async (run: string) => {
    const said = new Set(
      (await record.accounts(run)).map(({ cell, client }) => client + closeName(cell)),
    );
    const done = (await record.cells(run)).filter(({ state }) => state === "done");
    for (const { client, state } of await record.runClients(run)) {
      desk.take(client, jobName(run));
      if (state === "forgotten" || revoked.has(client)) continue;
      const open = done.filter(({ cell }) => !said.has(client + closeName(cell)));
      const isMember = state === "accepted";
      if (isMember && open.length > 0)
        for (const { cell } of open) desk.put(client, closeName(cell), { kind: "close", cell });
      else desk.put(client, forgetName(run), { kind: "forget", run });
    }
  };

  const end = async (run: string, state: "done" | "failed" | "cancelled", reason?: string) => {
    await record.setRunState({ run, state, reason, nowMs: now() });
    runs.delete(run);
    onEvent({ kind: "run", run, state, ...(reason !== undefined && { reason }) });
    await retire(run);
  };

  let stopping: AbortSignal | undefined;
  const working = new Set<Promise<void>>();
  /** A failure of the server itself, such as a disk that is full: no run is to blame. */
  let failure: { readonly error: unknown } | undefined;
  let broken = () => {};
  const breaking = new Promise<void>((resolve) => (broken = resolve));

  const started = new Set<string>();
  const start = async (row: RunRow, signal: AbortSignal) => {
    // One that is submitted while the server starts is in the record, too.
    if (started.has(row.id)) return;
    started.add(row.id);
    const run = await activate(parts, row);
    runs.set(row.id, run);
    const both = AbortSignal.any([signal, run.abort.signal]);
    const isRevoked = (client: string) => revoked.has(client);
    const task = executeRun(parts, run, { rounds, isRevoked, heard: () => announced, signal: both })
      .then(() => end(row.id, "done"))
      .catch(async (error: unknown) => {
        if (both.aborted || isEnded(error)) return;
        const trouble = ownTrouble(error, directory);
        if (trouble !== undefined) throw trouble;
        await end(row.id, "failed", reasonOf(error));
      })
      .catch((error: unknown) => {
        if (isEnded(error)) return;
        failure ??= { error };
        broken();
      });
    working.add(task);
    void task.finally(() => working.delete(task));
  };

  const handlers = operationHandlers(parts, {
    ...options,
    rounds,
    runs,
    announce: tell,
    enrolled: (client) => revoked.delete(client),
    // Right after a start a run that goes on is not among `runs` yet: the record knows.
    afterClosed: async (run) => {
      const row = await record.run(run);
      if (row !== undefined && isOver(row)) await retire(run);
    },
  });

  return {
    handlers,
    work: async (signal) => {
      stopping = signal;
      // Whatever is submitted meanwhile waits: what it stores is not in the record yet.
      await keeper.alone(async () => blobs.collect(await record.blobsInUse()));
      for (const row of await record.runs())
        if (isOver(row)) await retire(row.id);
        else await start(row, signal);
      const stopped = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve());
      });
      await Promise.race([stopped, breaking]);
      desk.close();
      if (failure !== undefined) throw failure.error;
      await Promise.all(working);
    },
    submit: async (submission) => {
      const planned = await keeper.storing(async (touch) => {
        const made = await planSubmission(options.newId(), submission, { blobs });
        await checkEnrolled(record, [...made.run.jobs.keys()], now());
        for (const { sha256 } of made.run.jobs.values()) touch(sha256);
        await record.createRun(made.run, now());
        return made;
      });
      const { id } = planned.run;
      onEvent({ kind: "run", run: id, state: "waiting" });
      if (stopping !== undefined && !stopping.aborted)
        await start((await record.run(id))!, stopping);
      return planned;
    },
    cancel: async (id) => {
      if ((await record.run(id)) === undefined)
        throw new AtollError("RUN_UNKNOWN", `there is no run "${id}"; \`atoll runs\` lists them`);
      // First it stops: what it was about to write would be refused by a run that has ended.
      runs.get(id)?.abort.abort(new AtollError("RUN_CANCELLED", `run "${id}" was cancelled`));
      await end(id, "cancelled");
    },
    revoke: async (client) => {
      await record.revoke({ client, nowMs: now() });
      revoked.add(client);
      const reason = "its certificates were revoked";
      for (const request of rounds.of(client))
        await request.say({ kind: "failed", code: "CLIENT_REVOKED", reason });
      tell();
    },
  };
}

const isOver = ({ state }: RunRow): boolean => state !== "waiting" && state !== "running";

/** The run was cancelled while it worked: whoever cancelled it says so. */
const isEnded = (error: unknown): boolean =>
  error instanceof AtollError && error.code === "RUN_ENDED";

/** The record, or the disk, fails: no run can go on, and none is to blame. Undefined for all else. */
function ownTrouble(error: unknown, directory: string): AtollError | undefined {
  if (error instanceof AtollError)
    return error.code.startsWith("RECORD_") || error.code === "DISK_FULL" ? error : undefined;
  return isFullDisk(error) ? fullDisk(directory, error) : undefined;
}

/** Anything else ends one run, whoever caused it: the others and the server go on. */
function reasonOf(error: unknown): string {
  if (error instanceof AtollError) return `[${error.code}] ${error.message}`;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return printable(`[SERVER_ERROR] a stage failed (${text.slice(0, 500)})`);
}

async function checkEnrolled(
  record: RunRecord,
  clients: readonly string[],
  nowMs: number,
): Promise<void> {
  const enrolled = new Set(
    (await record.clients(nowMs)).flatMap(({ name, certificates }) =>
      certificates.length > 0 ? [name] : [],
    ),
  );
  const missing = clients.filter((client) => !enrolled.has(client));
  if (missing.length > 0)
    throw new AtollError(
      "CLIENT_UNKNOWN",
      `not enrolled: ${missing.join(", ")}; invite them with \`atoll server invite\`, and let them join`,
    );
}
