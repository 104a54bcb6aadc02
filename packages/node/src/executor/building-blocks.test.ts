import { describe, expect, test } from "vitest";
import { expectAgreement } from "./agreement.laws.ts";
import { buildingBlocks } from "./building-blocks.fixture.ts";

describe("what models are built from compiles: forward and all gradients agree with jax-js", () => {
  test.each(Object.entries(buildingBlocks))("%s", async (_, block) => {
    const wrt = block.inputs.filter(({ dtype }) => dtype === "float32").map(({ name }) => name);
    for (const seed of [1, 2, 3]) {
      const { outputs } = await expectAgreement(block, { seed, wrt, floor: 0.01 });
      expect(Number.isFinite(outputs["loss"]![0])).toBe(true);
    }
  });
});
