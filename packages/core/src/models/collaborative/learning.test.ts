import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { easeConfig, easeRecommender, fitEase } from "./ease.ts";
import { factorRecommender } from "./factors.ts";
import { fitItemKnn, itemKnnConfig, itemKnnRecommender } from "./item-knn.ts";
import { fitLightGcn, lightGcnConfig } from "./lightgcn.ts";
import { fitMfBpr, mfBprConfig } from "./mf-bpr.ts";
import {
  chainWorld,
  hitRate,
  pairWorld,
  popularity,
  tasteWorld,
  type World,
} from "./worlds.fixture.ts";

async function mf({ train }: World, seed: number) {
  const config = mfBprConfig.parse({ kind: "mf-bpr", width: 8, epochs: 60 });
  return factorRecommender(await fitMfBpr(train, config, streamOf(seed)));
}

async function gcn({ train }: World, seed: number, layers: number) {
  const config = lightGcnConfig.parse({
    kind: "lightgcn",
    width: 16,
    layers,
    epochs: 80,
    batchSize: 64,
    learningRate: 0.01,
  });
  return factorRecommender(await fitLightGcn(train, config, streamOf(seed)));
}

test("where tastes are of low rank, factorisation beats popularity", async () => {
  const world = tasteWorld(1);
  const factorised = hitRate(world, await mf(world, 2), 10);
  expect(factorised).toBeGreaterThan(2 * hitRate(world, popularity(world), 10));
});

test("where items come in pairs, item-item models beat factorisation", async () => {
  const world = pairWorld(1);
  const { train } = world;
  const knn = itemKnnRecommender(
    await fitItemKnn(train, itemKnnConfig.parse({ kind: "item-knn" })),
    train,
  );
  const ease = easeRecommender(
    await fitEase(train, easeConfig.parse({ kind: "ease", lambda: 5 })),
    train,
  );
  const factorised = hitRate(world, await mf(world, 2), 1);
  expect(hitRate(world, knn, 1)).toBeGreaterThan(factorised + 0.2);
  expect(hitRate(world, ease, 1)).toBeGreaterThan(factorised + 0.2);
});

test("where the next item is several hops away, propagation beats factorisation", async () => {
  const world = chainWorld(1);
  const far = hitRate(world, await gcn(world, 2, 3), 4);
  expect(far).toBeGreaterThan(hitRate(world, await gcn(world, 2, 0), 4) + 0.2);
  expect(far).toBeGreaterThan(hitRate(world, await mf(world, 2), 4) + 0.2);
});
