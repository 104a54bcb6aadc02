import { describe, expect, test } from "vitest";
import { measure } from "../../metrics/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { methodConfig, methods, resolveMethod } from "../registry.ts";
import { emptyContext, runInMarkets, settingsOf } from "../two-markets.fixture.ts";
import type { MethodDefinition } from "../types.ts";
import { populationContext, tasteDomains } from "./taste-domains.fixture.ts";

const settings = (rounds: number) =>
  settingsOf({
    federation: {
      rounds,
      localEpochs: 1,
      clientsPerRound: "all",
      cohort: "fixed",
      shared: [],
      federatedEmbeddings: "mean",
    },
    training: trainingConfig.parse({
      optimiser: { kind: "adam", learningRate: 0.02 },
      select: "last",
    }),
    selectBy: "ndcg@5",
    metrics: ["ndcg@5"],
  });

const sizes = { width: 8, blocks: 1, length: 10, domainLength: 5, dropout: 0, chunk: 40 };
const shared = { ...sizes, heads: 1, usersPerStep: 40, loss: { negatives: 8 }, validateEvery: 50 };

const entries = {
  "tri-cdr": { kind: "tri-cdr", ...shared, hidden: [6, 4], coarse: { weight: 0.1 } },
  c2dsr: { kind: "c2dsr", ...shared },
  "SASRec of the merged sequence": {
    kind: "centralised-fedcctr",
    ...shared,
    encoders: "merged",
    cdrd: { weight: 0 },
  },
} as const;

type Entry = Readonly<Record<string, unknown>> & { readonly kind: string };

function stagesOf(entry: Entry, rounds: number) {
  const resolved = resolveMethod(methodConfig.parse(entry));
  const definition = methods[resolved.kind] as unknown as MethodDefinition<{ kind: string }>;
  return definition.stages(resolved, settings(rounds));
}

/** Mean NDCG@5 on test rows, by domain. */
async function quality(entry: Entry, rounds: number): Promise<number[]> {
  const splits = tasteDomains();
  const contexts =
    entry.kind === "popularity"
      ? splits.map((split) => emptyContext(split))
      : [populationContext(splits)];
  const { scores } = await runInMarkets(() => stagesOf(entry, rounds), contexts);
  const parts = contexts.flatMap(({ memory }) => memory.data!.parts);
  return parts.map((part, p) => {
    const scored = { examples: part.test, scores: scores[p]!, numUsers: part.numUsers };
    const measured = measure(["ndcg@5"], scored, { ties: "pessimistic" })["ndcg@5"]!;
    return measured.kind === "undefined" ? NaN : measured.value;
  });
}

test.each(Object.entries(entries))(
  "%s: where tastes are the same in both domains, learns what popularity cannot",
  async (_, entry) => {
    const popular = await quality({ kind: "popularity" }, 1);
    const learned = await quality(entry, 25);
    console.log(popular, learned);
    learned.forEach((value, d) => expect(value).toBeGreaterThan(popular[d]! + 0.2));
  },
);

describe.each([entries["tri-cdr"], entries.c2dsr])("$kind", (entry) => {
  const losses = async (splits: ReturnType<typeof tasteDomains>, interrupted = false) => {
    const context = populationContext(splits);
    const { traffic, scores } = await runInMarkets(
      () => stagesOf(entry, 2),
      [context],
      interrupted,
    );
    const trained = traffic.flatMap(({ message }) =>
      message.kind === "trained" ? [message.metadata["trainLoss"]] : [],
    );
    return { trained, scores };
  };

  test("held-out events have no part in training; a stopped run goes on to the same bits", async () => {
    const plain = await losses(tasteDomains());
    expect(plain.trained).toHaveLength(2);
    const other = await losses(tasteDomains({ scrambled: true }));
    expect(other.trained).toEqual(plain.trained);
    const resumed = await losses(tasteDomains(), true);
    expect(resumed.trained.slice(-2)).toEqual(plain.trained);
    expect(resumed.scores).toEqual(plain.scores);
  });
});
