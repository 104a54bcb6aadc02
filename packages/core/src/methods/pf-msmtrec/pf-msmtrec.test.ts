import { describe, expect, test } from "vitest";
import { jaxExecutor } from "../../tensor/index.ts";
import { keptPrograms } from "../../tensor/kept-programs.fixture.ts";
import { emptyContext, runInMarkets } from "../two-markets.fixture.ts";
import type { MethodSettings } from "../types.ts";
import { pfConfig } from "./config.ts";
import { pfMsmtrec } from "./pf-msmtrec.ts";
import { scenarios, scenarioSettings } from "./scenarios.fixture.ts";

const settings = scenarioSettings();

const sharing = (federatedEmbeddings: "off" | "mean" | "count-weighted") =>
  scenarioSettings({
    federation: { ...settings.federation, shared: ["id0", "id1"], federatedEmbeddings },
  });

const executor = keptPrograms(jaxExecutor());

interface RunOptions {
  readonly of?: MethodSettings;
  readonly interrupted?: boolean;
  readonly reversed?: boolean;
}

async function runOnce(own: Record<string, unknown>, options: RunOptions) {
  const { of = settings, interrupted = false, reversed = false } = options;
  // One pass alone in the end, where a test does not ask for others, shows what five would.
  const config = pfConfig.parse({ kind: "pf-msmtrec", finalPasses: 1, ...own });
  const contexts = scenarios().map((split) => ({ ...emptyContext(split), executor }));
  if (reversed) contexts.reverse();
  const stages = () => pfMsmtrec.stages(config, of);
  const { traffic, scores } = await runInMarkets(stages, contexts, interrupted);
  const names = contexts.map(({ name }) => name);
  const byName = Object.fromEntries(names.map((name, i) => [name, scores[i]!]));
  return { traffic, scores: byName };
}

const outcomes = new Map<string, ReturnType<typeof runOnce>>();

/** A run is a function of what is asked: who asks twice pays once. */
function run(own: Record<string, unknown> = {}, options: RunOptions = {}) {
  const key = JSON.stringify([own, options]);
  const outcome = outcomes.get(key) ?? runOnce(own, options);
  outcomes.set(key, outcome);
  return outcome;
}

const arraysOf = ({ traffic }: Awaited<ReturnType<typeof run>>, direction: "up" | "down") => {
  const sizes = new Map<string, number>();
  for (const entry of traffic)
    if (entry.direction === direction)
      for (const [name, { data }] of Object.entries(entry.message.arrays))
        sizes.set(name, data.length);
  return Object.fromEntries([...sizes].sort(([a], [b]) => (a < b ? -1 : 1)));
};

// Inputs: two ids of width 3 and four numbers; experts [5, 4], towers [3]; batch normalisation takes the
// place of biases, so that what travels of an expert is 10 x 5 + 5 x 4 weights.
const EXPERT = 10 * 5 + 5 * 4;
const TOWERS = {
  "tower:0/0": 4 * 3,
  "tower:0/1": 3 + 1,
  "tower:1/0": 4 * 3,
  "tower:1/1": 3 + 1,
};

describe("the wire", () => {
  test("experts' global and scenario factors and towers travel, and nothing else", async () => {
    const outcome = await run();
    const expected = {
      "expert:0/global": EXPERT,
      "expert:0/scenario": EXPERT,
      "expert:1/global": EXPERT,
      "expert:1/scenario": EXPERT,
      ...TOWERS,
    };
    expect(arraysOf(outcome, "up")).toEqual(expected);
    expect(arraysOf(outcome, "down")).toEqual(expected);
    for (const { message } of outcome.traffic)
      if (message.kind === "update")
        expect(Object.keys(message.metadata).sort()).toEqual([
          "finished",
          "numExamples",
          "stale",
          "tasks",
          "trainLoss",
          "valid",
        ]);
  });

  test("rows of shared features travel where the experiment says so, with counts where it needs them", async () => {
    const mean = arraysOf(await run({}, { of: sharing("mean") }), "up");
    expect(Object.keys(mean).filter((name) => name.includes("id"))).toEqual([
      "table:deep/id0",
      "table:deep/id1",
    ]);
    const counted = await run({}, { of: sharing("count-weighted") });
    expect(Object.keys(arraysOf(counted, "up")).filter((name) => name.includes("id"))).toEqual([
      "table:deep/id0",
      "table:deep/id1",
      "uses:id0",
      "uses:id1",
    ]);
    const uses = counted.traffic.find(
      ({ client, message }) => client === "small" && message.kind === "update",
    )!.message.arrays["uses:id0"]!;
    // Half of the 160 rows train, and each has one value.
    expect([...uses.data].reduce((sum, count) => sum + count, 0)).toBe(80);
    const off = arraysOf(await run({}, { of: sharing("off") }), "up");
    expect(off).toEqual(arraysOf(await run(), "up"));
  });

  test("each part can stay at home", async () => {
    const parts = async (own: Record<string, unknown>) =>
      Object.keys(arraysOf(await run(own), "up"));
    expect(await parts({ towers: "local", federatedParts: ["global"] })).toEqual([
      "expert:0/global",
      "expert:1/global",
    ]);
    expect(await parts({ template: { operator: "off" }, gates: "mean" })).toEqual([
      "expert:0",
      "expert:1",
      "gate:0",
      "gate:1",
      ...Object.keys(TOWERS),
    ]);
    expect(await parts({ normalisation: "federated" })).toContain("state");
  });
});

describe("a run", () => {
  const kinds = [
    { aggregation: "cagrad", towers: "attention" },
    { template: { operator: "product", taskFactor: "full" }, finalPasses: 2 },
  ];

  test.each(kinds)("%o: order of scenarios and a stop change no score", async (own) => {
    const of = sharing("count-weighted");
    const { scores } = await run(own, { of });
    expect((await run(own, { of, reversed: true })).scores).toEqual(scores);
    expect((await run(own, { of, interrupted: true })).scores).toEqual(scores);
    for (const values of Object.values(scores))
      expect([...values].every((score) => score > 0 && score < 1)).toBe(true);
  });

  test("each choice of a client changes what is learned", async () => {
    const base = await run();
    for (const own of [
      { template: { operator: "off" } },
      { template: { operator: "product" } },
      { template: { taskFactor: "off" } },
      { template: { taskFactor: "full" } },
      { normalisation: "federated" },
      { mu: 1 },
      { refreshStatistics: false },
    ]) {
      const { scores } = await run(own);
      expect([own, [...scores["big"]!]]).not.toEqual([own, [...base.scores["big"]!]]);
    }
  });
});
