import { access } from "node:fs/promises";
import { clientsOfWorld, type ColumnsConfig } from "@atoll/core/data";
import { AtollError, nearest } from "@atoll/core/errors";
import { parseMetric } from "@atoll/core/metrics";
import {
  POPULATION_FILE,
  readerOfPart,
  readKeptModel,
  readKeptRecommender,
  RECOMMENDER_FILE,
  roleOf,
  TRAINED_FILE,
  type FitToServe,
} from "@atoll/core/methods";
import { columnsRead, type Kept } from "@atoll/core/serving";
import { columnsOfClient, rolesOf, type Experiment } from "../experiment/index.ts";
import { validationsOf, type MetricsLine } from "../results/index.ts";
import { directoryStore, fileOf } from "../runs/directory-store.ts";
import type { CellName } from "../runs/events.ts";
import { oldRunFolder, type RunFolder } from "../runs/folder.ts";
import { partiesOf, planOf, type Plan, type PlannedMethod } from "../runs/plan.ts";

/** Where models of a run lie: all that one process trained, or those of one silo. */
export interface ServedSource {
  readonly folder: RunFolder;
  readonly experiment: Experiment;
  /** Clients whose models may lie there. */
  readonly clients: readonly string[];
  readonly isDone: (cell: CellName) => Promise<boolean>;
}

/** A finished run, and which of its models is meant. */
export interface ServedRun {
  readonly folder: RunFolder;
  readonly experiment: Experiment;
  readonly plan: Plan;
  readonly seed: number;
  readonly method: PlannedMethod;
  /** Why this method, where none was named. */
  readonly why: string | undefined;
  readonly clients: readonly string[];
}

export interface Choice {
  readonly method?: string;
  readonly seed?: number;
  /** Default: the run folder. */
  readonly source?: ServedSource;
}

async function wholeRun(directory: string): Promise<ServedSource> {
  const { folder, record } = await oldRunFolder(directory);
  const experiment = record.experiment as Experiment;
  const { data } = experiment;
  return {
    folder,
    experiment,
    clients: data.kind === "files" ? Object.keys(data.clients) : clientsOfWorld(data),
    isDone: async (cell) => (await folder.readCell(cell)) !== undefined,
  };
}

/** Opens a run and settles on a method and a seed; what there is instead is said where one is wrong. */
export async function openServed(
  directory: string,
  { method: wanted, seed: wantedSeed, source: given }: Choice,
): Promise<ServedRun> {
  const source = given ?? (await wholeRun(directory));
  const { folder, experiment, clients } = source;
  const plan = planOf(experiment);
  const { seeds } = experiment;
  const seed = wantedSeed ?? seeds[0]!;
  if (!seeds.includes(seed))
    throw new AtollError(
      "SERVING_METHOD",
      `${directory}: no seed ${seed}; the run has ${seeds.join(", ")}`,
    );
  const names = plan.methods.map(({ entry }) => entry.name);
  const named = plan.methods.find(({ entry }) => entry.name === wanted);
  if (wanted !== undefined && named === undefined) {
    const meant = nearest(wanted, names);
    throw new AtollError(
      "SERVING_METHOD",
      `${directory}: no method "${wanted}"${meant ? `; did you mean "${meant}"?` : ""}; the run has ${names.join(", ")}`,
    );
  }
  const common = { folder, experiment, plan, seed, clients };
  const keeping: PlannedMethod[] = [];
  for (const planned of plan.methods)
    if (await keepsModels(source, { planned, seed })) keeping.push(planned);
  const listed = keeping.map(({ entry }) => entry.name).join(", ");
  if (keeping.length === 0)
    throw new AtollError(
      "SERVING_METHOD",
      `${directory}: no method has kept a model of seed ${seed} that scores rows; finish the run with atoll run --resume, or run a method that trains the experiment's model, such as fedavg`,
    );
  if (named !== undefined) {
    if (!keeping.includes(named))
      throw new AtollError(
        "SERVING_METHOD",
        `${directory}: method ${named.entry.name} has kept no model of seed ${seed} that scores rows; those that have: ${listed}`,
      );
    return { ...common, method: named, why: undefined };
  }
  return { ...common, ...best(keeping, plan, { seed, lines: await folder.readLines() }) };
}

async function keepsModels(
  { folder, clients, isDone }: ServedSource,
  { planned: { entry }, seed }: { readonly planned: PlannedMethod; readonly seed: number },
): Promise<boolean> {
  const cell = { seed, method: entry.name };
  if (!(await isDone(cell))) return false;
  const [party] = partiesOf(entry, clients);
  const directory = folder.party(cell, party!.name);
  const own = `${TRAINED_FILE}-${clients[0]!}`;
  for (const name of [TRAINED_FILE, own, RECOMMENDER_FILE, POPULATION_FILE])
    if (await isThere(fileOf(directory, name))) return true;
  return false;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * Of the federated methods, or where there is none of the others but references, the one with the best
 * validation: the mean over clients of each client's best round. The test rows have no part in it.
 */
function best(
  keeping: readonly PlannedMethod[],
  { selectBy }: Plan,
  { seed, lines }: { readonly seed: number; readonly lines: readonly MetricsLine[] },
): Pick<ServedRun, "method" | "why"> {
  const ofRole = (role: string) => keeping.filter(({ entry }) => roleOf(entry) === role);
  const candidates = [ofRole("federated"), ofRole("baseline"), ofRole("reference")].find(
    (methods) => methods.length > 0,
  )!;
  if (candidates.length === 1) return { method: candidates[0]!, why: "the only one of its kind" };
  const { higherIsBetter } = parseMetric(selectBy).definition;
  const scored = candidates
    .filter(({ settings }) => settings.selectBy === selectBy)
    .map((method) => ({
      method,
      value: validationOf(method.entry.name, { seed, lines, higherIsBetter }),
    }))
    .filter(({ value }) => value !== undefined);
  if (scored.length === 0)
    throw new AtollError(
      "SERVING_METHOD",
      `validation does not say which method is the best; name one with --method: ${keeping.map(({ entry }) => entry.name).join(", ")}`,
    );
  const sign = higherIsBetter ? 1 : -1;
  const winner = scored.reduce((a, b) => (sign * b.value! > sign * a.value! ? b : a));
  return {
    method: winner.method,
    why: `best of ${scored.map(({ method: { entry } }) => entry.name).join(", ")} by validation (${selectBy} ${winner.value!.toFixed(4)})`,
  };
}

function validationOf(
  method: string,
  {
    seed,
    lines,
    higherIsBetter,
  }: {
    readonly seed: number;
    readonly lines: readonly MetricsLine[];
    readonly higherIsBetter: boolean;
  },
): number | undefined {
  const bestOf = new Map<string, number>();
  for (const line of lines) {
    if (line.seed !== seed || line.method !== method) continue;
    for (const [client, value] of validationsOf(line)) {
      const known = bestOf.get(client);
      const better = known === undefined || (higherIsBetter ? value > known : value < known);
      if (better) bestOf.set(client, value);
    }
  }
  const values = [...bestOf.values()];
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What a client kept and what its columns mean. */
export interface ServedClient {
  readonly client: string;
  readonly kept: Kept;
  /** As far as it reads them. */
  readonly columns: ColumnsConfig;
  /** The columns that say whose row it is, and of what. */
  readonly roles: Pick<ColumnsConfig, "user" | "item">;
}

/** The folder of the party that keeps a client's model; refused where there is no such client. */
export function partyServed({ folder, seed, method, clients }: ServedRun, client: string): string {
  if (!clients.includes(client)) {
    const meant = nearest(client, clients);
    throw new AtollError(
      "SERVING_METHOD",
      `no client "${client}"${meant ? `; did you mean "${meant}"?` : ""}; the run has ${clients.join(", ")}`,
    );
  }
  const party = partiesOf(method.entry, clients).find((one) => one.clients.includes(client))!;
  return folder.party({ seed, method: method.entry.name }, party.name);
}

/** What the columns of a client's rows mean. */
export function columnsServed({ experiment }: ServedRun, client: string): ColumnsConfig {
  const { data } = experiment;
  const usual = rolesOf(experiment);
  return data.kind === "files" ? columnsOfClient(usual, data.clients[client]!.columns) : usual;
}

export async function openClient(
  run: ServedRun,
  client: string,
  fit: FitToServe = {},
): Promise<ServedClient> {
  const { seed, method } = run;
  const store = directoryStore(partyServed(run, client));
  const kept =
    (await readKeptModel(store, client)) ??
    (await readKeptModel(readerOfPart(store, client), client)) ??
    (await readKeptRecommender(store, client, fit));
  if (kept === undefined)
    throw new AtollError(
      "SERVING_METHOD",
      `client "${client}": method ${method.entry.name} has kept no model of seed ${seed} for it; finish the run with atoll run --resume`,
    );
  const columns = columnsServed(run, client);
  return { client, kept, columns: columnsRead(columns, kept), roles: columns };
}
