import { AtollError } from "@atoll/core/errors";
import { planOf, type PlannedMethod } from "@atoll/node/runs";
import { experimentSchema } from "@atoll/node/experiment";
import type { CellKey } from "../protocol/index.ts";
import type { RunRow } from "../record/index.ts";
import { closeName, jobName } from "./desk.ts";
import type { OpenRounds } from "./open-rounds.ts";
import { roundRulesSchema } from "./rounds.ts";
import { runCell } from "./run-cell.ts";
import { seatsOf } from "./submit.ts";
import type { ActiveRun, CoordinatorParts } from "./types.ts";

/** A run of the record, made ready to go on. */
export async function activate({ record }: CoordinatorParts, row: RunRow): Promise<ActiveRun> {
  const experiment = experimentSchema.parse(JSON.parse(row.experiment));
  const plan = planOf(experiment);
  const members = await record.runClients(row.id);
  const clients = members.map(({ client }) => client).toSorted();
  const kept = plan.methods.filter(({ entry }) => row.methods.includes(entry.name));
  const seats = seatsOf(kept, { own: clients, clients });
  return {
    id: row.id,
    experiment,
    plan,
    methods: row.methods,
    rules: roundRulesSchema.parse(JSON.parse(row.rounds)),
    clients: new Map(
      members.map(({ client, job, state }) => [
        client,
        { job, state: state === "forgotten" ? "accepted" : state },
      ]),
    ),
    seatsOf: (method) => {
      const parties = [...seats.get(method)!].map(([client, party]) => [party, client] as const);
      const clientOf = new Map(parties);
      return {
        parties: parties.map(([party]) => party),
        clientOf: (party) => clientOf.get(party)!,
      };
    },
    abort: new AbortController(),
  };
}

export interface ExecuteOptions {
  readonly rounds: OpenRounds;
  readonly isRevoked: (client: string) => boolean;
  /** Settles when some client of the run has said what it thinks of its job. */
  readonly heard: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Brings a run to its end, from wherever the record says it is. Throws the signal's reason when stopped. */
export async function executeRun(
  parts: CoordinatorParts,
  run: ActiveRun,
  { rounds, isRevoked, heard, signal }: ExecuteOptions,
): Promise<void> {
  const { record, desk, now, onEvent } = parts;
  for (const [client, { job, state }] of run.clients)
    if (state === "asked") desk.put(client, jobName(run.id), { kind: "job", run: run.id, job });
  while ([...run.clients.values()].some(({ state }) => state !== "accepted")) {
    const refused = [...run.clients].filter(([, { state }]) => state === "refused");
    if (refused.length > 0) throw await refusal(parts, run);
    const gone = [...run.clients.keys()].find(isRevoked);
    if (gone !== undefined)
      throw new AtollError("CLIENT_REVOKED", `client "${gone}" of the run was revoked`);
    await untilAborted(heard(), signal);
  }
  await record.setRunState({ run: run.id, state: "running", nowMs: now() });
  onEvent({ kind: "run", run: run.id, state: "running" });

  const done = new Set(
    (await record.cells(run.id)).flatMap(({ cell, state }) =>
      state === "done" ? [`${cell.seed}/${cell.method}`] : [],
    ),
  );
  for (const { seed, method } of run.plan.cells) {
    if (!run.methods.includes(method)) continue;
    const cell: CellKey = { run: run.id, seed, method };
    const planned: PlannedMethod = run.plan.methods.find(({ entry }) => entry.name === method)!;
    if (!done.has(`${seed}/${method}`))
      await runCell(parts, cell, {
        run,
        planned,
        seats: run.seatsOf(method),
        rounds,
        isRevoked,
        signal,
      });
    await askToClose(parts, run, cell);
  }
}

/** Clients say what they released, and close the cell, whenever they come by. */
async function askToClose(
  { record, desk }: CoordinatorParts,
  run: ActiveRun,
  cell: CellKey,
): Promise<void> {
  const said = new Set(
    (await record.accounts(run.id)).flatMap((entry) =>
      entry.cell.seed === cell.seed && entry.cell.method === cell.method ? [entry.client] : [],
    ),
  );
  for (const client of run.clients.keys())
    if (!said.has(client)) desk.put(client, closeName(cell), { kind: "close", cell });
}

async function refusal({ record }: CoordinatorParts, { id }: ActiveRun): Promise<AtollError> {
  const refused = (await record.runClients(id)).filter(({ state }) => state === "refused");
  const said = refused.map(({ client, code, reason }) => `"${client}" (${code}: ${reason})`);
  return new AtollError(
    "RUN_REFUSED",
    `refused by ${said.join("; ")}; change the experiment, or leave these clients out`,
  );
}

/** The promise, or the signal's reason. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
