import { describe, expect, test } from "vitest";
import type { Stage } from "../../federation/stage.ts";
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

function stagesOf(own: Record<string, unknown> = {}, of: MethodSettings = settings) {
  const config = pfConfig.parse({ kind: "pf-msmtrec", ...own });
  return (): readonly Stage[] => pfMsmtrec.stages(config, of);
}

async function run(
  stages: () => readonly Stage[],
  { interrupted = false, reversed = false }: { interrupted?: boolean; reversed?: boolean } = {},
) {
  const contexts = scenarios().map((split) => emptyContext(split));
  if (reversed) contexts.reverse();
  const { traffic, scores } = await runInMarkets(stages, contexts, interrupted);
  const names = contexts.map(({ name }) => name);
  const byName = Object.fromEntries(names.map((name, i) => [name, scores[i]!]));
  return { traffic, scores: byName };
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
    const outcome = await run(stagesOf());
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
    const mean = arraysOf(await run(stagesOf({}, sharing("mean"))), "up");
    expect(Object.keys(mean).filter((name) => name.includes("id"))).toEqual([
      "table:deep/id0",
      "table:deep/id1",
    ]);
    const counted = await run(stagesOf({}, sharing("count-weighted")));
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
    const off = arraysOf(await run(stagesOf({}, sharing("off"))), "up");
    expect(off).toEqual(arraysOf(await run(stagesOf()), "up"));
  });

  test("each part can stay at home", async () => {
    const parts = async (own: Record<string, unknown>) =>
      Object.keys(arraysOf(await run(stagesOf(own)), "up"));
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
    const { scores } = await run(stagesOf(own, of));
    expect((await run(stagesOf(own, of), { reversed: true })).scores).toEqual(scores);
    expect((await run(stagesOf(own, of), { interrupted: true })).scores).toEqual(scores);
    for (const values of Object.values(scores))
      expect([...values].every((score) => score > 0 && score < 1)).toBe(true);
  });

  test("each choice of a client changes what is learned", async () => {
    const base = await run(stagesOf());
    for (const own of [
      { template: { operator: "off" } },
      { template: { operator: "product" } },
      { template: { taskFactor: "off" } },
      { template: { taskFactor: "full" } },
      { normalisation: "federated" },
      { mu: 1 },
      { refreshStatistics: false },
    ]) {
      const { scores } = await run(stagesOf(own));
      expect([own, [...scores["big"]!]]).not.toEqual([own, [...base.scores["big"]!]]);
    }
  });
});
