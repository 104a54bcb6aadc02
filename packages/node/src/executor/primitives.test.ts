import { supportedPrimitives } from "@atoll/core/tensor";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { expectAgreement } from "./agreement.laws.ts";
import { size } from "./looked-at.fixture.ts";
import { primitiveCases, scatterCases } from "./primitives.fixture.ts";

const shape = fc.array(size, { minLength: 1, maxLength: 4 });
const used = new Set<string>();

describe("ONNX Runtime agrees with jax-js on random shapes", () => {
  test.each(Object.entries(primitiveCases))("%s", async (_, make) => {
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(), async (shape, seed) => {
        const { program } = await expectAgreement(make(shape), { seed, floor: 0.1 });
        for (const { primitive } of program.jaxpr.jaxpr.eqns) used.add(primitive);
      }),
      { numRuns: 12 },
    );
  });

  test.each(Object.entries(scatterCases))("scatter %s", async (_, make) => {
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(), async (shape, seed) => {
        const { program } = await expectAgreement(make(shape), { seed, wrt: ["x"], floor: 0.1 });
        for (const { primitive } of program.jaxpr.jaxpr.eqns) used.add(primitive);
      }),
      { numRuns: 12 },
    );
  });
});

afterAll(() => {
  expect(supportedPrimitives.filter((name) => !used.has(name))).toEqual([]);
});
