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
      optimiser: { kind: "adam", learningRate: 0.03 },
      select: "last",
    }),
    selectBy: "ndcg@5",
    metrics: ["ndcg@5"],
  });

const sizes = { width: 8, blocks: 1, length: 10, domainLength: 5, dropout: 0, chunk: 40 };
const shared = { ...sizes, heads: 1, usersPerStep: 40, loss: { negatives: 8 }, validateEvery: 50 };

const c2dsr = { kind: "c2dsr", ...shared };
const triCdr = { kind: "tri-cdr", ...shared, hidden: [6, 4], coarse: { weight: 0.1 } };
const sasrec = {
  kind: "centralised-fedcctr",
  ...shared,
  encoders: "merged",
  cdrd: { weight: 0 },
};

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

test.each([
  ["C2DSR", c2dsr, 8],
  ["Tri-CDR", triCdr, 14],
  ["SASRec of the merged sequence", sasrec, 10],
] as const)(
  "%s: where tastes are the same in both domains, learns what popularity cannot",
  async (_, entry, rounds) => {
    const popular = await quality({ kind: "popularity" }, 1);
    const learned = await quality(entry, rounds);
    learned.forEach((value, d) => expect(value).toBeGreaterThan(popular[d]! + 0.2));
  },
);

describe("C2DSR, whose graph is of training events", () => {
  const outcome = async (options: {
    readonly scrambled?: boolean;
    readonly interrupted?: boolean;
  }) => {
    const context = populationContext(tasteDomains(options));
    const stages = () => stagesOf(c2dsr, 2);
    const { traffic, scores } = await runInMarkets(stages, [context], options.interrupted);
    const trained = traffic.flatMap(({ message }) =>
      message.kind === "trained" ? [message.metadata["trainLoss"]] : [],
    );
    return { trained, scores };
  };

  test("held-out events change no loss of training; a stopped run goes on to the same bits", async () => {
    const plain = await outcome({});
    expect(plain.trained).toHaveLength(2);
    expect(new Set(plain.trained).size).toBe(2);
    expect((await outcome({ scrambled: true })).trained).toEqual(plain.trained);
    const resumed = await outcome({ interrupted: true });
    expect(resumed.trained.at(-1)).toBe(plain.trained.at(-1));
    expect(resumed.scores).toEqual(plain.scores);
  });
});
