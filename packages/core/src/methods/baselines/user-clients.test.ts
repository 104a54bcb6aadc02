import { describe, expect, test } from "vitest";
import { encodeMessage } from "../../federation/index.ts";
import { measure } from "../../metrics/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { methodConfig, methods, resolveMethod } from "../registry.ts";
import {
  emptyContext,
  runInMarkets,
  settingsOf,
  type TrafficEntry,
} from "../two-markets.fixture.ts";
import type { MethodDefinition, MethodSettings } from "../types.ts";
import { populationContext, tasteDomains } from "./taste-domains.fixture.ts";

const settings = (rounds: number, own: Partial<MethodSettings> = {}) =>
  settingsOf({
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
    ...own,
  });

type Entry = Readonly<Record<string, unknown>> & { readonly kind: string };

function stagesOf(entry: Entry, own: MethodSettings) {
  const resolved = resolveMethod(methodConfig.parse(entry));
  const definition = methods[resolved.kind] as unknown as MethodDefinition<{ kind: string }>;
  return definition.stages(resolved, own);
}

interface Options {
  readonly own?: MethodSettings;
  readonly splits?: ReturnType<typeof tasteDomains>;
  readonly interrupted?: boolean;
}

function run(
  entry: Entry,
  { own = settings(3), splits = tasteDomains(), interrupted }: Options = {},
) {
  return runInMarkets(() => stagesOf(entry, own), [populationContext(splits)], interrupted);
}

/** Mean NDCG@5 on test rows, by domain. */
async function quality(entry: Entry, own: MethodSettings) {
  const splits = tasteDomains();
  const pooled = methods[resolveMethod(methodConfig.parse(entry)).kind].parties === "population";
  const contexts = pooled
    ? [populationContext(splits)]
    : splits.map((split) => emptyContext(split));
  const { scores } = await runInMarkets(() => stagesOf(entry, own), contexts);
  const parts = contexts.flatMap(({ memory }) => memory.data!.parts);
  return parts.map((part, p) => {
    const scored = { examples: part.test, scores: scores[p]!, numUsers: part.numUsers };
    const measured = measure(["ndcg@5"], scored, { ties: "pessimistic" })["ndcg@5"]!;
    return measured.kind === "undefined" ? NaN : measured.value;
  });
}

const itemsOf = (traffic: readonly TrafficEntry[]) =>
  traffic.flatMap(({ message }) =>
    message.arrays["items"] ? [message.arrays["items"].data as Float32Array] : [],
  );

const learning: Record<"fcf" | "pfedrec", readonly [Entry, MethodSettings]> = {
  fcf: [{ kind: "fcf", width: 8, learningRate: 0.1, alpha: 4 }, settings(25)],
  pfedrec: [{ kind: "pfedrec", width: 8, std: 0.3, eta: 4, learningRate: 0.5 }, settings(60)],
};

describe.each(["fcf", "pfedrec"] as const)("%s", (kind) => {
  const [entry, own] = learning[kind];

  test("where tastes are the same in both domains, learns what popularity cannot", async () => {
    const popular = await quality({ kind: "popularity" }, own);
    const learned = await quality(entry, own);
    learned.forEach((value, d) => expect(value).toBeGreaterThan(popular[d]! + 0.2));
  });

  test("sends the sum of answers and counts, nothing of a user, and no id", async () => {
    const { traffic } = await run(entry);
    const ups = traffic.filter(({ direction }) => direction === "up");
    for (const { message } of ups)
      expect(Object.keys(message.arrays)).toEqual(message.kind === "update" ? ["sum"] : []);
    const updates = ups.filter(({ message }) => message.kind === "update");
    expect(updates).toHaveLength(3);
    for (const { message } of updates) {
      expect(message.arrays["sum"]!.shape).toEqual([80, 8]);
      expect(message.metadata["clients"]).toBe(80);
      expect(message.metadata["clientBytes"]).toEqual({ up: 80 * 8 * 4, down: 80 * 8 * 4 });
    }
    for (const { bytes } of traffic)
      expect(new TextDecoder("latin1").decode(bytes)).not.toMatch(/person|thing/);
  });

  test("held-out events have no part in any message but in validation values", async () => {
    const plain = itemsOf((await run(entry)).traffic);
    const other = itemsOf(
      (await run(entry, { splits: tasteDomains({ scrambled: true }) })).traffic,
    );
    expect(plain).toHaveLength(4);
    expect(other).toEqual(plain);
  });

  test("a run that was stopped after a round goes on to the same bits", async () => {
    const whole = await run(entry);
    const broken = await run(entry, { interrupted: true });
    const last = (traffic: readonly TrafficEntry[]) =>
      traffic.slice(-6).map(({ message }) => encodeMessage(message));
    expect(last(broken.traffic)).toEqual(last(whole.traffic));
    expect(broken.scores).toEqual(whole.scores);
  });

  test("who takes part is drawn anew each round, and only they are counted", async () => {
    const { traffic } = await run({ ...entry, sampling: 0.25 });
    const clients = traffic.flatMap(({ message }) =>
      message.kind === "update" ? [message.metadata["clients"] as number] : [],
    );
    // 80 users at a quarter: 20, with a deviation of 3.9.
    for (const count of clients) expect(Math.abs(count - 20)).toBeLessThan(20);
    const moves = traffic.flatMap(({ message }) =>
      message.arrays["sum"] ? [message.arrays["sum"].data] : [],
    );
    expect(moves[0]).not.toEqual(moves[1]);
  });

  test("the state with the best validation scores, and patience ends the rounds", async () => {
    const best = trainingConfig.parse({
      optimiser: { kind: "adam", learningRate: 0.01 },
      select: "best",
      patience: 1,
    });
    const { traffic, valid } = await run(
      { ...entry, learningRate: 40 },
      { own: settings(30, { training: best }) },
    );
    const validations = traffic.flatMap(({ message }) =>
      "valid" in message.metadata
        ? [message.metadata["valid"] as Readonly<Record<string, number>>]
        : [],
    );
    expect(validations.length).toBeLessThan(30);
    const served = Object.fromEntries(
      valid.map(({ part, scores }) => {
        const scored = { examples: part.valid, scores, numUsers: part.numUsers };
        const measured = measure(["ndcg@5"], scored, { ties: "pessimistic" })["ndcg@5"]!;
        return [part.client, measured.kind === "undefined" ? NaN : measured.value];
      }),
    );
    const mean = (values: Readonly<Record<string, number>>) =>
      (values["books"]! + values["films"]!) / 2;
    expect(mean(served)).toBe(Math.max(...validations.map(mean)));
  });
});
