import { AtollError } from "@atoll/core/errors";
import { addEntry } from "./audit.ts";
import type { Store, Transaction } from "./store.ts";
import type { NewRun, Row, RunRecord, RunRow, RunState } from "./types.ts";
import { maybeNumberOf, maybeTextOf, numberOf, placesFor, textOf } from "./values.ts";

export function running({
  read,
  change,
}: Store): Pick<RunRecord, "createRun" | "run" | "runs" | "setRunState"> {
  return {
    createRun: (run, nowMs) =>
      change("createRun", async (transaction) => {
        const known = await findRun(transaction, run.id);
        if (known === undefined) await insertRun(transaction, run, nowMs);
        else if (known.experiment !== run.experiment || known.rounds !== run.rounds)
          throw new AtollError(
            "RUN_DIVERGED",
            `there is a run "${run.id}" with another experiment; take another id`,
          );
      }),
    run: (id) => findRun({ query: read }, id),
    runs: async () => (await read("SELECT * FROM runs ORDER BY position")).map(runOf),
    setRunState: ({ run, state, reason, nowMs }) =>
      change("setRunState", async (transaction) => {
        const known = await findRun(transaction, run);
        if (known === undefined) throw unknownRun(run);
        if (known.state === state) return;
        if (isEnd(known.state)) throw ended(known);
        if (state === "waiting") return;
        const { query } = transaction;
        await query(
          `UPDATE runs SET state = $1, reason = $2, ended_at_ms = $3
           WHERE id = $4 AND state IN ('waiting', 'running')`,
          [state, reason, isEnd(state) ? nowMs : null, run],
        );
        if (isEnd(state))
          await query(
            "UPDATE tasks SET state = 'dropped', leased_until_ms = NULL WHERE run = $1 AND state IN ('open', 'leased')",
            [run],
          );
        await addEntry(transaction, `run-${state}`, { detail: { run, reason }, nowMs });
      }),
  };
}

/** Refuses to add to a run that has ended. RUN_UNKNOWN, RUN_ENDED. */
export async function checkGoesOn(transaction: Transaction, run: string): Promise<void> {
  const known = await findRun(transaction, run);
  if (known === undefined) throw unknownRun(run);
  if (isEnd(known.state)) throw ended(known);
}

function isEnd(state: RunState): boolean {
  return state !== "waiting" && state !== "running";
}

async function insertRun(transaction: Transaction, run: NewRun, nowMs: number): Promise<void> {
  const { query } = transaction;
  const { id, name, experiment, rounds, methods, seeds } = run;
  const [last] = await query("SELECT coalesce(max(position), 0) AS position FROM runs");
  await query(
    `INSERT INTO runs (id, position, name, experiment, rounds, methods, seeds, state, created_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8)`,
    [
      id,
      numberOf(last!, "position") + 1,
      name,
      experiment,
      rounds,
      JSON.stringify(methods),
      JSON.stringify(seeds),
      nowMs,
    ],
  );
  const jobs = [...run.jobs].map(([client, { sha256, sizeBytes }], position) => [
    id,
    client,
    position,
    "asked",
    sha256,
    sizeBytes,
  ]);
  if (jobs.length > 0)
    await query(
      `INSERT INTO run_clients (run, client, position, state, job_sha256, job_bytes) VALUES ${placesFor(jobs.length, 6)}`,
      jobs.flat(),
    );
  const cells = seeds
    .flatMap((seed) => methods.map((method) => [seed, method] as const))
    .map(([seed, method], position) => [id, seed, method, position, "open", 0, "{}"]);
  if (cells.length > 0)
    await query(
      `INSERT INTO cells (run, seed, method, position, state, rounds, seqs) VALUES ${placesFor(cells.length, 7)}`,
      cells.flat(),
    );
  const byClient = Object.fromEntries([...run.jobs].map(([client, job]) => [client, job.sha256]));
  await addEntry(transaction, "run-created", {
    detail: { run: id, name, methods, seeds, jobs: byClient },
    nowMs,
  });
}

async function findRun({ query }: Transaction, id: string): Promise<RunRow | undefined> {
  const [row] = await query("SELECT * FROM runs WHERE id = $1", [id]);
  return row && runOf(row);
}

function runOf(row: Row): RunRow {
  return {
    id: textOf(row, "id"),
    name: textOf(row, "name"),
    experiment: textOf(row, "experiment"),
    rounds: textOf(row, "rounds"),
    methods: JSON.parse(textOf(row, "methods")) as string[],
    seeds: JSON.parse(textOf(row, "seeds")) as number[],
    state: textOf(row, "state") as RunState,
    reason: maybeTextOf(row, "reason"),
    createdAtMs: numberOf(row, "created_at_ms"),
    endedAtMs: maybeNumberOf(row, "ended_at_ms"),
  };
}

function unknownRun(id: string): AtollError {
  return new AtollError("RUN_UNKNOWN", `there is no run "${id}"; \`atoll runs\` lists them`);
}

function ended({ id, state }: RunRow): AtollError {
  return new AtollError("RUN_ENDED", `run "${id}" is ${state}, which is final; submit it anew`);
}
