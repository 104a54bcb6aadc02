import { expect, test } from "vitest";
import { syntheticCommon } from "../data/index.ts";
import type { Anchors } from "../federation/index.ts";
import { trainingConfig } from "../training/index.ts";
import { runCounts } from "./fedcctr/counts.fixture.ts";
import { anchorsStage } from "./fedmm/anchors/anchors.ts";
import { anchorSettings, findAnchors } from "./fedmm/anchors/run.fixture.ts";
import { codebookStage } from "./fedmm/codebook/codebook.ts";
import { configOf as codebookConfig, federate, market } from "./fedmm/codebook/codebook.fixture.ts";
import { collaborativeVectorsStage } from "./fedmm/collaborative/collaborative.ts";
import * as vectors from "./fedmm/collaborative/world.fixture.ts";
import { fedavg } from "./baselines/fedavg.ts";
import { privateSettings, runPrivately } from "./stages/privacy/run.fixture.ts";
import { testServices } from "./stages/privacy/services.fixture.ts";
import { tamperedRuns, type TamperOptions } from "./tampered-answers.fixture.ts";
import type { MethodSettings } from "./types.ts";

/** Stages and promises that no method has by default; methods.test.ts sees to the others. */
async function expectBoth(options: TamperOptions): Promise<void> {
  const { worked, refused } = await tamperedRuns(options);
  expect(worked).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
}

test.each([
  { aggregation: "usage", share: "codebook+network" },
  { aggregation: "samples", share: "codebook" },
  { aggregation: "sums", share: "codebook" },
])("codebooks of $aggregation, with $share", async ({ aggregation, share }) => {
  const markets = { a: market(1, { items: 60 }), b: market(2, { items: 40 }) };
  const config = codebookConfig({ aggregation }, { share });
  const { up } = await federate({ markets, config });
  await expectBoth({
    stages: [codebookStage({} as MethodSettings, config)],
    traffic: up.map(({ client, message }) => ({ client, message, direction: "up" })),
  });
});

test("lists of blinded items", async () => {
  const { letters } = await findAnchors({
    a: { positives: ["x", "y", "z"] },
    b: { positives: ["y", "z"] },
    c: { positives: ["z", "w"] },
  });
  await expectBoth({ stages: [anchorsStage(anchorSettings)], traffic: letters });
});

test("collaborative vectors of shared items", async () => {
  const config = vectors.configOf({
    alignment: { anchors: true },
    channels: { scores: { folds: 2 } },
  });
  const own = { training: trainingConfig.parse({ select: "last" }), common: syntheticCommon };
  const anchors: Anchors = {
    items: Int32Array.of(1, 2, 3),
    ids: Int32Array.of(2, 0, 1),
    numAnchors: 3,
  };
  const parties = [...vectors.marketTables({ a: 200, b: 150 })].map(([client, table]) =>
    vectors.partyOf(vectors.splitOf(client, table), { anchors }),
  );
  await expectBoth({
    stages: [collaborativeVectorsStage({ ...vectors.settings, ...own }, config)],
    traffic: await vectors.runStage(parties, config, own),
  });
});

test.each(["none", "central", "local"])("cells of a histogram, privacy %s", async (kind) => {
  const noise = kind === "none" ? {} : { noiseMultiplier: 3 };
  const { sent, stages } = await runCounts({ shards: 2, privacy: { kind, ...noise } });
  await expectBoth({ stages: stages(), traffic: sent, privacy: () => testServices("server") });
});

test.each([
  { kind: "central", noiseMultiplier: 1, clipNorm: 0.5 },
  { kind: "central", noiseMultiplier: 1, clipNorm: { quantile: 0.5, initial: 1, countNoise: 2 } },
  { kind: "local", noiseMultiplier: 2, clipNorm: 0.5, epsilon: 1e6 },
  { kind: "distributed", minimumClients: 3, clipNorm: 0.5 },
])("updates under $kind privacy", async (privacy) => {
  const settings = privateSettings(privacy, { rounds: 2 });
  const { traffic } = await runPrivately({ settings });
  await expectBoth({
    stages: fedavg.stages({ kind: "fedavg" }, settings),
    traffic,
    privacy: () => testServices("server"),
  });
});
