import { expect, test } from "vitest";
import { createArena } from "../../kernels/index.ts";
import { parameterLayout, zeros } from "../../tensor/index.ts";
import { createLearnedVector } from "../../training/population/index.ts";
import { emptyContext } from "../two-markets.fixture.ts";
import { tasteDomains } from "../baselines/taste-domains.fixture.ts";
import { startFromStored, storeStart } from "./stage-start.ts";

function learned(names: readonly string[], tables: readonly string[]) {
  const layout = parameterLayout(
    names.map((name) => ({ name, shape: [2], role: "weight" as const, init: zeros })),
  );
  const sizes = tables.map((name) => ({ name, rows: 2, width: 1 }));
  return createLearnedVector(layout, sizes, createArena());
}

test("takes over what has the same name, wherever it lies, and leaves all else", async () => {
  const context = emptyContext(tasteDomains()[0]!);
  const source = learned(["a", "b"], ["items"]);
  source.values.set([1, 2, 3, 4, 5, 6]);
  await storeStart(context, "train", source);
  const target = learned(["b", "new"], ["codes", "items"]);
  target.values.fill(9);
  await startFromStored(context, "train", target);
  expect([...target.values]).toEqual([3, 4, 9, 9, 9, 9, 5, 6]);
});

test("nothing kept for the stage is an error, not a fresh start", async () => {
  const context = emptyContext(tasteDomains()[0]!);
  await expect(startFromStored(context, "train", learned(["a"], []))).rejects.toThrow(
    'nothing was kept for stage "train" to start from',
  );
});
