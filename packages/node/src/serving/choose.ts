import { access } from "node:fs/promises";
import { clientsOfWorld, type ColumnsConfig } from "@atoll/core/data";
import { AtollError, nearest } from "@atoll/core/errors";
import { parseMetric } from "@atoll/core/metrics";
import {
  readerOfPart,
  readKeptModel,
  roleOf,
  TRAINED_FILE,
  type KeptModel,
} from "@atoll/core/methods";
import { columnsOfClient, rolesOf, type Experiment } from "../experiment/index.ts";
import type { MetricsLine } from "../results/index.ts";
import { directoryStore, fileOf } from "../runs/directory-store.ts";
import { oldRunFolder, type RunFolder, type RunRecord } from "../runs/folder.ts";
import { partiesOf, planOf, type Plan, type PlannedMethod } from "../runs/plan.ts";

/** A finished run, and which of its models is meant. */
export interface ServedRun {
  readonly folder: RunFolder;
  readonly record: RunRecord;
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
}

/** Opens a run and settles on a method and a seed; what there is instead is said where one is wrong. */
export async function openServed(
  directory: string,
  { method: wanted, seed: wantedSeed }: Choice,
): Promise<ServedRun> {
  const { folder, record } = await oldRunFolder(directory);
  const experiment = record.experiment as Experiment;
  const plan = planOf(experiment);
  const { data, seeds } = experiment;
  const clients = data.kind === "files" ? Object.keys(data.clients) : clientsOfWorld(data);
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
  const common = { folder, record, experiment, plan, seed, clients };
  const keeping: PlannedMethod[] = [];
  for (const planned of plan.methods)
    if (await keepsModels(folder, { planned, seed, clients })) keeping.push(planned);
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
  folder: RunFolder,
  {
    planned: { entry },
    seed,
    clients,
  }: {
    readonly planned: PlannedMethod;
    readonly seed: number;
    readonly clients: readonly string[];
  },
): Promise<boolean> {
  const cell = { seed, method: entry.name };
  if ((await folder.readCell(cell)) === undefined) return false;
  const [party] = partiesOf(entry, clients);
  const directory = folder.party(cell, party!.name);
  for (const name of [TRAINED_FILE, `${TRAINED_FILE}-${clients[0]!}`])
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
    for (const [name, value] of Object.entries(line.values)) {
      if (!name.startsWith("valid/")) continue;
      const known = bestOf.get(name);
      const better = known === undefined || (higherIsBetter ? value > known : value < known);
      if (better) bestOf.set(name, value);
    }
  }
  const values = [...bestOf.values()];
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A client's model and what its columns mean. */
export interface ServedClient {
  readonly client: string;
  readonly kept: KeptModel;
  readonly columns: ColumnsConfig;
}

export async function openClient(run: ServedRun, client: string): Promise<ServedClient> {
  const { folder, experiment, seed, method, clients } = run;
  if (!clients.includes(client)) {
    const meant = nearest(client, clients);
    throw new AtollError(
      "SERVING_METHOD",
      `no client "${client}"${meant ? `; did you mean "${meant}"?` : ""}; the run has ${clients.join(", ")}`,
    );
  }
  const cell = { seed, method: method.entry.name };
  const party = partiesOf(method.entry, clients).find((one) => one.clients.includes(client))!;
  const store = directoryStore(folder.party(cell, party.name));
  const kept =
    (await readKeptModel(store, client)) ??
    (await readKeptModel(readerOfPart(store, client), client));
  if (kept === undefined)
    throw new AtollError(
      "SERVING_METHOD",
      `client "${client}": method ${method.entry.name} has kept no model of seed ${seed} for it; finish the run with atoll run --resume`,
    );
  const { data } = experiment;
  const usual = rolesOf(experiment);
  const columns =
    data.kind === "files" ? columnsOfClient(usual, data.clients[client]!.columns) : usual;
  return { client, kept, columns };
}
