import { measure } from "../../metrics/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { methodConfig, methods, resolveMethod } from "../registry.ts";
import { emptyContext, runInMarkets, settingsOf } from "../two-markets.fixture.ts";
import type { MethodDefinition, MethodSettings } from "../types.ts";
import { tasteDomains } from "./taste-domains.fixture.ts";

function settingsFor(rounds: number): MethodSettings {
  return settingsOf({
    training: trainingConfig.parse({
      optimiser: { kind: "adam", learningRate: 0.01 },
      select: "last",
    }),
    federation: {
      rounds,
      localEpochs: 1,
      clientsPerRound: "all",
      cohort: "fixed",
      shared: [],
      federatedEmbeddings: "mean",
    },
    selectBy: "ndcg@5",
    metrics: ["ndcg@5"],
  });
}

export type Entry = Readonly<Record<string, unknown>> & { readonly kind: string };

interface Options {
  readonly rounds?: number;
  readonly splits?: ReturnType<typeof tasteDomains>;
  readonly interrupted?: boolean;
}

/** Runs a method whose clients are domains: all traffic, and by domain its scores and NDCG@5 of test rows. */
export async function runDomains(entry: Entry, options: Options = {}) {
  const { rounds = 2, splits = tasteDomains(), interrupted } = options;
  const contexts = splits.map((split) => emptyContext(split));
  const resolved = resolveMethod(methodConfig.parse(entry));
  const definition = methods[resolved.kind] as unknown as MethodDefinition<{
    readonly kind: string;
  }>;
  const stages = () => definition.stages(resolved, settingsFor(rounds));
  const outcome = await runInMarkets(stages, contexts, interrupted);
  const quality = outcome.scores.map((scores, c) => {
    const { test: examples, numUsers } = contexts[c]!.memory.data!.parts[0]!;
    const measured = measure(["ndcg@5"], { examples, scores, numUsers }, { ties: "pessimistic" });
    const value = measured["ndcg@5"]!;
    return value.kind === "undefined" ? NaN : value.value;
  });
  return { ...outcome, quality };
}

export type Outcome = Awaited<ReturnType<typeof runDomains>>;

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
