import { decodeState, type WorkProgress } from "../../federation/index.ts";
import type { Stage } from "../../federation/stage.ts";
import type { WireArray } from "../../federation/types.ts";
import { buildModel } from "../../models/index.ts";
import { parameterLayout } from "../../tensor/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { methodConfig, methodOf, resolveMethod, type MethodEntry } from "../registry.ts";
import { TRAINED_FILE } from "../stages/kept-model.ts";
import { validationValue } from "../stages/validation.ts";
import {
  emptyContext,
  runInMarkets,
  scenarioSettings,
  scenariosOf,
  type TrafficEntry,
} from "../two-markets.fixture.ts";
import type { MethodSettings } from "../types.ts";

/** A mixture of experts for two scenarios that share the rows of an id feature. */
export const settings = scenarioSettings({
  federation: {
    rounds: 2,
    localEpochs: 1,
    clientsPerRound: "all",
    cohort: "fixed",
    shared: ["id0"],
    federatedEmbeddings: "mean",
  },
});

/** The same, with other training settings. */
export function trainedBy(own: Readonly<Record<string, unknown>>): MethodSettings {
  return { ...settings, training: trainingConfig.parse({ ...settings.training, ...own }) };
}

export type EntryInput = Readonly<Record<string, unknown>> & { readonly kind: string };

export function stagesOf(input: EntryInput, own: MethodSettings = settings): readonly Stage[] {
  const entry: MethodEntry = resolveMethod(methodConfig.parse(input));
  const definition = methodOf(entry.kind);
  return definition.stages(entry, own);
}

interface Options {
  readonly own?: MethodSettings;
  readonly rows?: Readonly<Record<string, number>>;
  readonly interrupted?: boolean;
  readonly reversed?: boolean;
}

export type Outcome = Awaited<ReturnType<typeof run>>;

const outcomes = new Map<string, Promise<Outcome>>();

/**
 * Runs a method on the scenarios: all traffic, and by scenario its test scores and trained numbers. Runs are a
 * function of what is asked, so that a test file that asks twice pays once.
 */
export function runMethod(
  input: EntryInput,
  { own = settings, ...rest }: Options = {},
): Promise<Outcome> {
  const options = { own, ...rest };
  const key = JSON.stringify([input, options]);
  const outcome = outcomes.get(key) ?? run(input, options);
  outcomes.set(key, outcome);
  return outcome;
}

async function run(
  input: EntryInput,
  { own = settings, rows, interrupted = false, reversed = false }: Options,
) {
  const splits = scenariosOf(rows);
  const batches: Record<string, number> = {};
  const contexts = (reversed ? splits.toReversed() : splits).map((split) => ({
    ...emptyContext(split),
    onProgress: ({ work }: WorkProgress) => {
      if (work === "training") batches[split.client] = (batches[split.client] ?? 0) + 1;
    },
  }));
  const byClient = <T>(values: readonly T[]): Readonly<Record<string, T>> =>
    Object.fromEntries(contexts.map(({ name }, c) => [name, values[c]!]));
  const { traffic, scores, valid } = await runInMarkets(
    () => stagesOf(input, own),
    contexts,
    interrupted,
  );
  const trained = await Promise.all(
    contexts.map(async ({ store }) => decodeState((await store.read(TRAINED_FILE))!).arrays),
  );
  return {
    traffic,
    scores: byClient(scores),
    /** Validation values of what scores in the end. */
    valid: byClient(
      await Promise.all(
        valid.map(({ part: { client, valid: rows, numUsers }, scores: given }) =>
          validationValue(client, { rows, score: async () => given, numUsers }, own),
        ),
      ),
    ),
    trained: byClient(trained),
    /** How many batches each client trained on. */
    batches,
  };
}

/** The messages of a kind to or from a client, in order of rounds. */
export function messagesOf(
  traffic: readonly TrafficEntry[],
  client: string,
  kind: "train" | "update" | "finish" | "finished",
) {
  return traffic
    .filter((entry) => entry.client === client && entry.message.kind === kind)
    .map(({ message }) => message);
}

/** The names of the arrays that a client sends with its updates. */
export function sentArrays(traffic: readonly TrafficEntry[], client = "a"): string[] {
  return Object.keys(messagesOf(traffic, client, "update")[0]!.arrays).toSorted();
}

/** A client's validation values of its states, round by round. */
export function validations(traffic: readonly TrafficEntry[], client = "a"): number[] {
  return traffic
    .filter((entry) => entry.client === client && "valid" in entry.message.metadata)
    .map(({ message }) => (message.metadata["valid"] as Record<string, number>)[client]!);
}

/** The model's dense parameters, one after the other as they lie. */
export function layoutOf(own: MethodSettings = settings) {
  return parameterLayout(buildModel(own.model, own.features).parameters);
}

/** Trained parameters of a client whose view passes, by name. */
export function parametersOf(
  trained: Readonly<Record<string, WireArray>>,
  chosen: (view: ReturnType<typeof layoutOf>["views"][number]) => boolean,
): Record<string, number[]> {
  return Object.fromEntries(
    layoutOf()
      .views.filter(chosen)
      .map(({ name }) => [name, [...trained[`parameter:${name}`]!.data]]),
  );
}
