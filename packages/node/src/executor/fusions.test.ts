import { nn, numpy as np } from "@jax-js/jax";
import { compileWithGradient, explain, readModel, type Program } from "@atoll/core/tensor";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectAgreement, floats, runOnce, type Case } from "./agreement.laws.ts";
import { fusionCases, maskedBySums, maskedSoftmax } from "./fusions.fixture.ts";
import { size } from "./looked-at.fixture.ts";
import { onnxExecutor } from "./onnx-executor.ts";

const shape = fc.array(size, { minLength: 1, maxLength: 3 });

function operatorsOf(program: Program): string[] {
  return readModel(program.onnx).nodes.map((node) => node.operator);
}

describe("fused operators give what jax-js gives, and are used", () => {
  test.each(Object.entries(fusionCases))("%s", async (_, fusion) => {
    const { make, wrt } = fusion;
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(), async (shape, seed) => {
        const inputs = make(shape);
        await expectAgreement(inputs, { seed, floor: 1, ...(wrt && { wrt }) });
      }),
      { numRuns: 10 },
    );
    const { program } = await expectAgreement(make(fusion.shape), {
      floor: 1,
      ...(wrt && { wrt }),
    });
    const operators = operatorsOf(program);
    expect(operators, explain(program)).toEqual(expect.arrayContaining([...fusion.present]));
    for (const operator of fusion.absent)
      expect(operators, explain(program)).not.toContain(operator);
  });
});

describe("masked softmax", () => {
  test.each([
    [-1e9, "causal"],
    [-1e9, "random"],
    [-2e4, "causal"],
    [-2e4, "random"],
    [-Infinity, "causal"],
    [-5, "random"],
  ] as const)("fill %d, %s mask, rows without an open entry among them", async (fill, mask) => {
    for (const [size, seed] of [
      [1, 1],
      [3, 2],
      [6, 3],
      [6, 4],
    ] as const)
      await expectAgreement(maskedSoftmax(fill, mask, size), { seed, wrt: ["x"], floor: 0.1 });
  });

  test("masks that are added, constant and computed", async () => {
    for (const seed of [1, 2, 3]) {
      const { program } = await expectAgreement(maskedBySums(3, 6), {
        seed,
        wrt: ["x"],
        floor: 0.1,
      });
      expect(operatorsOf(program), explain(program)).toContain("ThresholdedRelu");
    }
  });

  test("a causal mask costs a sum, no Where", async () => {
    const { program } = await expectAgreement(maskedSoftmax(-1e9, "causal", 6), { wrt: ["x"] });
    const operators = operatorsOf(program);
    expect(operators, explain(program)).toContain("Softmax");
    for (const operator of ["Where", "Less", "Exp"]) expect(operators).not.toContain(operator);
  });

  test("probabilities of masked entries are exactly 0, those of open ones no denormal", async () => {
    const { outputs } = await expectAgreement(maskedSoftmax(-1e9, "causal", 6));
    const y = outputs["y"]!;
    for (const [i, value] of y.entries()) {
      const [row, column] = [Math.floor(i / 6) % 6, i % 6];
      if (column > row) expect(value).toBe(0);
      else expect(value).toBeGreaterThan(1e-30);
    }
  });
});

test("gradients at large arguments are finite: 0 or 1 where sigmoid, softplus and tanh are flat or straight", async () => {
  const program = compileWithGradient({
    name: "saturated",
    fn: ({ x }) => {
      const each = [nn.sigmoid(x!), nn.softplus(x!), np.tanh(x!)];
      return { loss: np.sum(np.stack(each).mul(np.array([[1], [100], [10_000]]))) };
    },
    inputs: [{ name: "x", shape: [4], dtype: "float32" }],
    loss: "loss",
    wrt: ["x"],
  });
  const x = Float32Array.of(-500, -95, 95, 500);
  const outputs = await runOnce(onnxExecutor({ intraOpThreads: 1 }), program, { x });
  expect([...outputs["gradient:x"]!].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([
    0, 0, 100, 100,
  ]);
});

describe("a fusion stays away where it would change the result", () => {
  test("softmax: a sum along another axis than the largest", async () => {
    const { program } = await expectAgreement({
      fn: ({ x }) => {
        const e = np.exp(x!.sub(np.max(x!, 0, { keepdims: true })));
        return { y: e.mul(np.reciprocal(np.sum(e, 1, { keepdims: true }))) };
      },
      inputs: [floats("x", [4, 4])],
    });
    expect(operatorsOf(program)).not.toContain("Softmax");
  });

  test("sigmoid: 1 / (2 + exp(-x)), softplus: log(2 + exp(x))", async () => {
    const { program } = await expectAgreement({
      fn: ({ x }) => ({
        y: np.reciprocal(np.exp(np.negative(x!)).add(2)).add(np.log(np.exp(x!).add(2))),
      }),
      inputs: [floats("x", [5])],
    });
    expect(operatorsOf(program)).not.toContain("Sigmoid");
    expect(operatorsOf(program)).not.toContain("Abs");
  });

  test("bias: a product that is read elsewhere, a row of another axis, a large product", async () => {
    const { program } = await expectAgreement({
      fn: ({ x, w, b }) => {
        const read = np.matmul(x!, w!);
        const turned = np.matmul(np.square(x!), w!);
        return { read, sum: read.add(b!), other: turned.add(b!.reshape([4, 1])) };
      },
      inputs: [floats("x", [4, 3]), floats("w", [3, 4]), floats("b", [4])],
    });
    expect(operatorsOf(program).filter((operator) => operator === "Add")).toHaveLength(2);
    const large = await expectAgreement({
      fn: ({ x, w, b }) => ({ y: np.matmul(x!, w!).add(b!) }),
      inputs: [floats("x", [1024, 2]), floats("w", [2, 257]), floats("b", [257])],
    });
    expect(operatorsOf(large.program)).toContain("Add");
  });

  test("tanh: the same quotient of exp(3 x), and of another sign", async () => {
    const quotient = (x: np.Array, sign: np.Array, rate: number) => {
      const power = np.exp(x.mul(sign).mul(rate));
      return power
        .sub(1)
        .mul(np.reciprocal(power.add(1)))
        .mul(sign);
    };
    const { program } = await expectAgreement({
      fn: ({ x }) => ({
        faster: quotient(x!, np.where(x!.less(0), 1, -1), 3),
        moved: quotient(x!, np.where(x!.less(1), 1, -1), 2),
      }),
      inputs: [floats("x", [9])],
    });
    expect(operatorsOf(program)).not.toContain("Tanh");
  });

  test("relu's gradient: where(x > 0, log x, 0) beside relu(x) stays a choice", async () => {
    const { program } = await expectAgreement({
      fn: ({ x }) => ({ a: np.maximum(0, x!), b: np.where(x!.greater(0), np.log(x!), 0) }),
      inputs: [floats("x", [9])],
    });
    expect(operatorsOf(program)).toContain("Where");
  });

  test("squares that are read elsewhere too are computed once", async () => {
    const { program } = await expectAgreement({
      fn: ({ x }) => {
        const square = np.square(x!);
        return { square, sum: np.sum(square, -1) };
      },
      inputs: [floats("x", [3, 4])],
    });
    expect(operatorsOf(program)).not.toContain("ReduceSumSquare");
  });

  test("a product that is read unscaled too is computed once", async () => {
    const { program } = await expectAgreement({
      fn: ({ x, y }) => {
        const product = np.matmul(x!, y!);
        return { product, half: product.mul(0.5) };
      },
      inputs: [floats("x", [3, 4]), floats("y", [4, 5])],
    });
    expect(operatorsOf(program).filter((name) => name === "Gemm")).toHaveLength(1);
  });

  test("short sums and wide products stay ReduceSum and Gemm", async () => {
    const { program } = await expectAgreement({
      fn: ({ x, y }) => ({ z: np.matmul(np.transpose(x!), y!), sum: np.sum(x!, 0) }),
      inputs: [floats("x", [200, 3]), floats("y", [200, 4])],
    });
    expect(operatorsOf(program).toSorted()).toEqual(["Gemm", "ReduceSum"]);
  });
});

/** The gradient of relu reaches both weights; at x = 0 both functions are tested for their slope. */
function reluCase(relu: (x: np.Array) => np.Array): Case {
  return {
    fn: ({ x, a, b }) => {
      const y = np.matmul(relu(np.matmul(x!, a!)), b!);
      return { loss: np.sum(np.sin(y)), y };
    },
    inputs: [floats("x", [5, 3]), floats("a", [3, 4]), floats("b", [4, 2])],
  };
}

test.each([
  ["max(0, x)", (x: np.Array) => np.maximum(0, x), 0],
  ["max(x, 0)", (x: np.Array) => np.maximum(x, 0), 1],
] as const)(
  "the gradient of %s has no Where, and the slope that jax-js has at 0",
  async (_, relu, slope) => {
    const { program } = await expectAgreement(reluCase(relu), { wrt: ["x", "a", "b"] });
    expect(operatorsOf(program), explain(program)).not.toContain("Where");
    const atZero = compileWithGradient({
      name: "at zero",
      fn: ({ x, w }) => ({ loss: np.sum(np.matmul(relu(x!), w!)) }),
      inputs: [
        { name: "x", shape: [1, 5], dtype: "float32" },
        { name: "w", shape: [5, 2], dtype: "float32" },
      ],
      loss: "loss",
      wrt: ["x"],
    });
    const outputs = await runOnce(onnxExecutor({ intraOpThreads: 1 }), atZero, {
      x: Float32Array.of(-3, -1e-37, 0, 1e-37, 2),
      w: new Float32Array(10).fill(1),
    });
    expect([...outputs["gradient:x"]!]).toEqual([0, 0, 2 * slope, 2, 2]);
  },
);

test("attention reads its operands as they lie: four moves of heads forward, none of scores", () => {
  const [batch, length, width, heads] = [3, 5, 8, 2];
  const program = compileWithGradient({
    name: "attention",
    fn: ({ x, q, k, v }) => {
      const split = (w: np.Array) =>
        np.transpose(np.matmul(x!, w).reshape([batch, length, heads, width / heads]), [0, 2, 1, 3]);
      const scores = np.matmul(split(q!), np.transpose(split(k!), [0, 1, 3, 2])).mul(0.5);
      const mixed = np.transpose(np.matmul(nn.softmax(scores, -1), split(v!)), [0, 2, 1, 3]);
      return { loss: np.sum(np.square(mixed)) };
    },
    inputs: [
      { name: "x", shape: [batch, length, width], dtype: "float32" },
      ...["q", "k", "v"].map(
        (name) => ({ name, shape: [width, width], dtype: "float32" }) as const,
      ),
    ],
    loss: "loss",
    wrt: ["x", "q", "k", "v"],
  });
  const { nodes, tensors } = readModel(program.onnx);
  const moved = nodes.filter((node) => node.operator === "Transpose");
  for (const { outputs } of moved)
    expect(tensors.get(outputs[0]!)!.shape, explain(program)).toContain(width / heads);
  expect(moved.length, explain(program)).toBeLessThanOrEqual(7);
  expect(nodes.filter((node) => node.operator === "FusedMatMul").length).toBeGreaterThanOrEqual(3);
});
