import { numpy as np } from "@jax-js/jax";
import { compileWithGradient, supportedPrimitives, type Program } from "@atoll/core/tensor";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { expectAgreement, weighted } from "./agreement.laws.ts";
import { functionCases } from "./functions.fixture.ts";
import { size } from "./looked-at.fixture.ts";
import { onnxExecutor } from "./onnx-executor.ts";
import { primitiveCases } from "./primitives.fixture.ts";

const shape = fc.array(size, { minLength: 1, maxLength: 4 });
const used = new Set<string>();

const cases = { ...primitiveCases, ...functionCases };

function note(program: Program): void {
  for (const { primitive } of program.jaxpr.jaxpr.eqns) used.add(primitive);
}

describe("ONNX Runtime agrees with jax-js on random shapes", () => {
  test.each(Object.entries(cases))("%s", async (_, make) => {
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(), async (shape, seed) => {
        note((await expectAgreement(make(shape), { seed, floor: 0.1 })).program);
      }),
      { numRuns: 5 },
    );
  });
});

describe("and on the gradients with respect to every float32 input", () => {
  test.each(Object.entries(cases))("%s", async (_, make) => {
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(), async (shape, seed) => {
        const scored = weighted(make(shape));
        if (scored === undefined) return;
        const wrt = scored.inputs.filter(({ dtype }) => dtype === "float32");
        const names = wrt.map(({ name }) => name);
        note((await expectAgreement(scored, { seed, wrt: names, floor: 0.1 })).program);
      }),
      { numRuns: 4 },
    );
  });
});

test("no update of a row is lost when many threads add to it", async () => {
  const [rows, updates] = [3, 50_000];
  const program = compileWithGradient({
    name: "crowded",
    fn: ({ x, i }) => ({ loss: np.sum(np.take(x!, i!, 0)) }),
    inputs: [
      { name: "x", shape: [rows, 4], dtype: "float32" },
      { name: "i", shape: [updates], dtype: "int32" },
    ],
    loss: "loss",
    wrt: ["x"],
  });
  const loaded = await onnxExecutor({ intraOpThreads: 4 }).load(program);
  const i = Int32Array.from({ length: updates }, (_, row) => row % 2);
  const outputs = await loaded.run({ x: new Float32Array(rows * 4), i });
  const half = updates / 2;
  const expected = Float32Array.from({ length: rows * 4 }, (_, k) => (k < 8 ? half : 0));
  expect(outputs["gradient:x"]).toEqual(expected);
  await loaded.release();
});

afterAll(() => {
  expect(supportedPrimitives.filter((name) => !used.has(name))).toEqual([]);
});
