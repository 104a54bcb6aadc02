import { describe, test } from "vitest";
import { jaxExecutor } from "../../tensor/index.ts";
import { stepsByClippedSums } from "./clipped-sums.laws.ts";
import { richSchema } from "./worlds.fixture.ts";

const small = { width: 3, embeddingStd: 0.5 };
const deepfm = { kind: "deepfm", ...small, hidden: [4] };

describe("a step is by the clipped sum of gradients that were taken one by one", () => {
  const tasks = { ...richSchema, tasks: ["click", "buy"] };
  test.each([
    { model: deepfm, unit: "user", clipping: "flat" } as const,
    { model: deepfm, unit: "example", clipping: "per-layer" } as const,
    {
      model: { kind: "mmoe", ...small, expertHidden: [4], towerHidden: [3] },
      schema: tasks,
      unit: "example",
      clipping: "flat",
    } as const,
  ])("$model.kind, $unit, $clipping", async (example) => {
    await stepsByClippedSums(example, jaxExecutor({ device: "cpu" }));
  });
});
