import type { SplitClient } from "../../data/index.ts";
import type { Executor } from "../../tensor/index.ts";
import { keptPrograms } from "../../tensor/kept-programs.fixture.ts";
import { trainingConfig } from "../../training/index.ts";
import { methods, type MethodKind } from "../registry.ts";
import { validationValue } from "../stages/validation.ts";
import { emptyContext, runInMarkets, settingsOf } from "../two-markets.fixture.ts";
import { stagesOf, type EntryInput } from "./run.fixture.ts";
import { populationContext, tasteDomains } from "./taste-domains.fixture.ts";

export interface DomainRun {
  readonly rounds?: number;
  readonly training?: Readonly<Record<string, unknown>>;
  readonly splits?: readonly SplitClient[];
  /** Held-out events change places. */
  readonly scrambled?: boolean;
  readonly interrupted?: boolean;
}

/** Runs a method on two domains with the same users. Runs are a function of what is asked: who asks twice pays once. */
export type RunDomains = (entry: EntryInput, options?: DomainRun) => Promise<Outcome>;

export function domainRuns(own: Executor): RunDomains {
  const executor = keptPrograms(own);
  const outcomes = new Map<string, Promise<Outcome>>();
  return (entry, options = {}) => {
    if (options.splits !== undefined) return run(executor, entry, options);
    const key = JSON.stringify([entry, options]);
    const outcome = outcomes.get(key) ?? run(executor, entry, options);
    outcomes.set(key, outcome);
    return outcome;
  };
}

/** All traffic, and by domain its scores and NDCG@5. */
export type Outcome = Awaited<ReturnType<typeof run>>;

async function run(
  executor: Executor,
  entry: EntryInput,
  { rounds = 2, training, scrambled = false, interrupted, ...given }: DomainRun,
) {
  const splits = given.splits ?? tasteDomains({ scrambled });
  const settings = settingsOf({
    training: trainingConfig.parse({
      optimiser: { kind: "adam", learningRate: 0.01 },
      select: "last",
      ...training,
    }),
    federation: { ...settingsOf().federation, rounds },
    selectBy: "ndcg@5",
    metrics: ["ndcg@5"],
  });
  const parties =
    methods[entry.kind as MethodKind].parties === "clients"
      ? splits.map((split) => emptyContext(split))
      : [populationContext(splits)];
  const contexts = parties.map((context) => ({ ...context, executor }));
  const { traffic, scores, valid } = await runInMarkets(
    () => stagesOf(entry, settings),
    contexts,
    interrupted,
  );
  const parts = contexts.flatMap(({ memory }) => memory.data!.parts);
  return {
    traffic,
    scores,
    /** Of test rows. */
    quality: await Promise.all(
      parts.map(({ client, test: rows, numUsers }, p) =>
        validationValue(client, { rows, score: async () => scores[p]!, numUsers }, settings),
      ),
    ),
    /** Of validation rows, by what scores in the end. */
    valid: await Promise.all(
      valid.map(({ part: { client, valid: rows, numUsers }, scores: own }) =>
        validationValue(client, { rows, score: async () => own, numUsers }, settings),
      ),
    ),
  };
}

/** An array of all messages of a kind, direction and round, by client. */
export function arraysOf(
  { traffic }: Outcome,
  array: string,
  where: { readonly kind: string; readonly round: number },
): Record<string, ArrayLike<number>> {
  return Object.fromEntries(
    traffic
      .filter(({ message }) => message.kind === where.kind && message.round === where.round)
      .map(({ client, message }) => [client, message.arrays[array]!.data]),
  );
}
