import { roleOf } from "@atoll/core/methods";
import { experimentSchema } from "@atoll/node/experiment";
import { privacyOfMethods, type TrainingAccounts } from "@atoll/node/results";
import { planOf, type Plan } from "@atoll/node/runs";
import type { LinesPage, RunResults } from "@atoll/network/operations";
import { readLine, testKey } from "./metric-lines.ts";

/** What the experiment of a run plans. */
export function planOfRun({ experiment }: Pick<RunResults, "experiment">): Plan {
  return planOf(experimentSchema.parse(experiment));
}

/** What a method of a deployed run came to, over the seeds that are done. */
export interface DeployedMethod {
  readonly method: string;
  /** Whether no real federation can have it. */
  readonly isReference: boolean;
  readonly seeds: number;
  /** By client, then by metric: the mean over seeds on the test rows. */
  readonly clients: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By metric, the mean over the clients for which every method has it. */
  readonly macro: Readonly<Record<string, number>>;
  /** Means over seeds. */
  readonly rounds: number;
  readonly bytes: { readonly up: number; readonly down: number };
  /** The greatest of all accounts; absent where the method promises nothing. */
  readonly epsilon?: number | "infinity";
  readonly delta?: number;
}

export interface DeployedResults {
  readonly headline: string;
  readonly metrics: readonly string[];
  readonly clients: readonly string[];
  readonly methods: readonly DeployedMethod[];
}

/** What the server writes down of a cell that is done. */
interface Outcome {
  readonly bytes: { readonly up: number; readonly down: number };
  readonly rounds: number;
  readonly privacy?: TrainingAccounts[string];
}

/** Works out what a run came to, from what its server has written down. */
export function deployedResults(run: RunResults, lines: LinesPage["lines"]): DeployedResults {
  const { cells, accounts } = run;
  const plan = planOfRun(run);
  const done = plan.methods.flatMap((planned) => {
    const { name } = planned.entry;
    const trainings = cells
      .filter(({ cell }) => cell.method === name)
      .map(({ cell, outcome }) => ({ seed: cell.seed, ...(outcome as unknown as Outcome) }));
    return trainings.length === 0 ? [] : [{ name, planned, trainings }];
  });
  const measured = measuredIn(lines, plan.metrics);
  const promises = privacyOfMethods(
    done.map(({ name, planned, trainings }) => ({
      entry: planned.entry,
      config: planned.settings.privacy,
      trainings: trainings.map(({ seed, privacy }) => ({
        ...(privacy && { server: privacy }),
        ...Object.fromEntries(
          accounts.flatMap(({ cell, client, account }) =>
            cell.method === name && cell.seed === seed && account !== null
              ? [[client, account as TrainingAccounts[string]]]
              : [],
          ),
        ),
      })),
    })),
  );
  const clients = [...new Set([...measured.values()].flatMap((own) => [...own.keys()]))].toSorted();
  const valueOf = (method: string, client: string, metric: string) =>
    meanOf(measured.get(method)?.get(client)?.get(metric) ?? []);
  return {
    headline: plan.headline,
    metrics: plan.metrics,
    clients,
    methods: done.map(({ name, planned, trainings }) => {
      const promise = promises.get(name);
      return {
        method: name,
        isReference: roleOf(planned.entry) === "reference",
        seeds: trainings.length,
        clients: Object.fromEntries(
          clients.map((client) => [
            client,
            numbersOf(plan.metrics, (metric) => valueOf(name, client, metric)),
          ]),
        ),
        macro: numbersOf(plan.metrics, (metric) =>
          meanOf(
            clients
              .filter((client) =>
                done.every((one) => valueOf(one.name, client, metric) !== undefined),
              )
              .map((client) => valueOf(name, client, metric)!),
          ),
        ),
        rounds: meanOf(trainings.map(({ rounds }) => rounds))!,
        bytes: {
          up: meanOf(trainings.map(({ bytes }) => bytes.up))!,
          down: meanOf(trainings.map(({ bytes }) => bytes.down))!,
        },
        ...(promise && {
          epsilon: promise.accounts[promise.weakest]!.epsilon,
          delta: promise.delta,
        }),
      };
    }),
  };
}

type Measured = Map<string, Map<string, Map<string, number[]>>>;

/** Values on test rows by method, client and metric, of all seeds. */
function measuredIn(lines: LinesPage["lines"], metrics: readonly string[]): Measured {
  const measured: Measured = new Map();
  for (const { cell, values } of lines.map(readLine))
    for (const [key, value] of Object.entries(values))
      for (const metric of metrics) {
        const client = testKey(key, metric);
        if (client === undefined) continue;
        const ofMethod = measured.get(cell.method) ?? new Map<string, Map<string, number[]>>();
        measured.set(cell.method, ofMethod);
        const ofClient = ofMethod.get(client) ?? new Map<string, number[]>();
        ofMethod.set(client, ofClient);
        ofClient.set(metric, [...(ofClient.get(metric) ?? []), value]);
      }
  return measured;
}

function meanOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function numbersOf(
  names: readonly string[],
  of: (name: string) => number | undefined,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = of(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
