import { numpy as np } from "@jax-js/jax";
import { buildModel, clippedProgram, modelConfig } from "@atoll/core/models";
import { compile, explain, parameterLayout, readModel } from "@atoll/core/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectAgreement, floats, runOnce, type Case } from "./agreement.laws.ts";
import { onnxExecutor } from "./onnx-executor.ts";

interface Sizes {
  readonly units: number;
  readonly terms: number;
  readonly rows: number;
  readonly columns: number;
}

/** Squared norms of X_u' Y_u, and their weighted sum, as gradients of a linear layer by unit come. */
const products =
  ({ units, terms, rows, columns }: Sizes) =>
  ({ x, y, weight }: Record<string, np.Array>): Record<string, np.Array> => {
    const each = np.matmul(np.transpose(x!, [0, 2, 1]), y!).reshape([units, -1]);
    const sum = np.matmul(weight!.reshape([1, units]), each).reshape([rows, columns]);
    return { squares: np.sum(np.square(each), 1), sum, terms: np.zeros([terms]) };
  };

const inputsOf = ({ units, terms, rows, columns }: Sizes): Case["inputs"] => [
  floats("x", [units, terms, rows]),
  floats("y", [units, terms, columns]),
  floats("weight", [units], 0, 1),
];

const size = fc.integer({ min: 1, max: 12 });
const sizes = fc.record({
  units: size,
  terms: fc.integer({ min: 1, max: 4 }),
  rows: size,
  columns: size,
});

describe("norms and weighted sums of products by unit", () => {
  test("are those of the products, whatever the sizes", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (given, seed) => {
        const example = { fn: products(given), inputs: inputsOf(given) };
        await expectAgreement(example, { seed, floor: 1 });
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    { units: 5, terms: 1, rows: 30, columns: 20 },
    { units: 40, terms: 1, rows: 20, columns: 30 },
    { units: 5, terms: 3, rows: 30, columns: 20 },
    { units: 40, terms: 3, rows: 20, columns: 30 },
  ])("are made without the products: $units units, $terms terms", async (given) => {
    const { program } = await expectAgreement({ fn: products(given), inputs: inputsOf(given) });
    const { units, rows, columns } = given;
    expect(largestTensor(program.onnx), explain(program)).toBeLessThan(units * rows * columns);
  });

  test("small products of many terms stay", async () => {
    const given = { units: 6, terms: 9, rows: 3, columns: 3 };
    const { program } = await expectAgreement({ fn: products(given), inputs: inputsOf(given) });
    const { nodes } = readModel(program.onnx);
    expect(nodes.filter(({ operator }) => operator === "FusedMatMul")).toHaveLength(1);
  });

  test("a norm never comes out too small where terms cancel", async () => {
    const [units, width] = [64, 40];
    const given = { units, terms: 2, rows: width, columns: width };
    const specs = inputsOf(given).map(({ name, shape, dtype }) => ({ name, shape, dtype }));
    const program = compile({ name: "cancelling", fn: products(given), inputs: specs });
    // x is the same in both terms, and y all but the negative: what is left is a part in 10^4.
    const x = Float32Array.from(
      { length: units * 2 * width },
      (_, i) => 1e3 * (2 + Math.sin((i % width) + 7 * Math.floor(i / (2 * width)))),
    );
    const y = Float32Array.from({ length: units * 2 * width }, (_, i) => {
      const sign = Math.floor(i / width) % 2 === 0 ? 1 : -1;
      const other = sign < 0 ? 1e-4 * Math.cos(3 * i) : 0;
      return sign * (1 + Math.cos(5 * (i % width)) / 2) + other;
    });
    const { squares } = await runOnce(onnxExecutor({ intraOpThreads: 1 }), program, {
      x,
      y,
      weight: new Float32Array(units),
    });
    for (let u = 0; u < units; u++) {
      let exact = 0;
      for (let i = 0; i < width; i++)
        for (let j = 0; j < width; j++) {
          const entry = [0, 1].reduce((sum, term) => {
            const at = (2 * u + term) * width;
            return sum + x[at + i]! * y[at + j]!;
          }, 0);
          exact += entry * entry;
        }
      expect(Math.sqrt(squares![u]!)).toBeGreaterThan(Math.sqrt(exact) * (1 - 2 ** -12));
    }
  });
});

function largestTensor(onnx: Uint8Array): number {
  const { nodes, tensors } = readModel(onnx);
  const sizes = nodes.flatMap(({ outputs }) =>
    outputs.map((name) => tensors.get(name)!.shape.reduce((product, size) => product * size, 1)),
  );
  return Math.max(...sizes);
}

describe("gradients by unit of a tower of 400, 400, 400 are never there", () => {
  const schema = {
    categorical: Array.from({ length: 26 }, (_, i) => ({
      name: `c${i}`,
      of: "context" as const,
      numRows: 100,
    })),
    numeric: [{ name: "n", of: "context" as const }],
  };
  const config = { kind: "deepfm", hidden: [400, 400, 400] };
  test.each([
    { units: 1024, rowsPerUnit: 1 },
    { units: 100, rowsPerUnit: 1 },
    { units: 128, rowsPerUnit: 8 },
  ])("$units units of $rowsPerUnit rows", ({ units, rowsPerUnit }) => {
    const model = buildModel(modelConfig.parse(config), schema);
    const program = clippedProgram(model, {
      layout: parameterLayout(model.parameters),
      schema,
      units,
      rowsPerUnit,
      loss: { loss: { kind: "bce" }, taskWeights: [1] },
      clipping: "flat",
    });
    // The largest tensor is what a run of ordinary training has: a batch of embeddings.
    expect(largestTensor(program.onnx)).toBeLessThanOrEqual(
      Math.max(units * rowsPerUnit * (26 * 16 + 1), 417 * 400),
    );
  });
});
