import { nn as jaxNn, numpy as np } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import { compileWithGradient, jaxExecutor } from "../tensor/index.ts";
import fixtures from "./__fixtures__/layers.json" with { type: "json" };
import { arrayOf, type Arrays } from "./arrays.ts";
import { attention } from "./attention.ts";
import { dropout } from "./dropout.ts";
import { experts } from "./experts.ts";
import { gatedSum } from "./gated-sum.ts";
import { layerNorm } from "./layer-norm.ts";
import { transformerBlock } from "./transformer-block.ts";

type Title = keyof typeof fixtures.cases;

interface Case {
  readonly inputs: Readonly<Record<string, { readonly shape: number[]; readonly data: number[] }>>;
  readonly y: readonly number[];
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const wide = { width: 6, heads: 2, causal: false };
const present = [
  [1, 1, 1, 0],
  [1, 1, 0, 0],
];
const gaps = [
  [1, 1, 1, 0],
  [1, 0, 1, 1],
];
/** Masks of dropout as for a rate of 1/3: every third, every fourth entry is dropped, the others grow. */
const drops = Object.fromEntries(
  [3, 4].map((every, i) => [
    `b/drop${i}`,
    np.array(
      Float32Array.from({ length: 48 }, (_, k) => (k % every > 0 ? 1.5 : 0)),
      {
        shape: [2, 24],
      },
    ),
  ]),
);
const group = experts("e", { inputs: 4, hidden: [5, 2], experts: 3 });
const gates = [0, 1].map((t) => gatedSum(`e/gate${t}`, { inputs: 4, parts: 3 }));
const kept = [
  [0, 2, 2],
  [2, 0, 2],
];

/** Our side of every case: the names of its parameters, and its output. */
const layers: Readonly<
  Record<
    Title,
    {
      parameters: readonly { name: string; shape: readonly number[] }[];
      forward: (arrays: Arrays, x: np.Array) => np.Array;
    }
  >
> = {
  softmax: { parameters: [], forward: (_, x) => jaxNn.softmax(x, -1) },
  "layer norm": layerNorm("n", 5),
  attention: attention("a", wide),
  "causal attention": attention("a", { width: 6, heads: 3, causal: true }),
  "attention with padding": {
    parameters: attention("a", wide).parameters,
    forward: (arrays, x) => attention("a", wide).forward(arrays, x, { present: np.array(present) }),
  },
  "causal attention with padding": {
    parameters: attention("a", wide).parameters,
    forward: (arrays, x) =>
      attention("a", { ...wide, causal: true }).forward(arrays, x, { present: np.array(gaps) }),
  },
  "transformer block": transformerBlock("b", { width: 6, heads: 2, causal: true }),
  "transformer block with padding and given masks": {
    parameters: transformerBlock("b", { width: 6, heads: 2, causal: true }).parameters,
    forward: (arrays, x) =>
      transformerBlock("b", {
        width: 6,
        heads: 2,
        causal: true,
        dropout: { rate: 1 / 3, length: 4 },
      }).forward(arrays, x, { present: np.array(gaps), dropout: drops, mode: "train" }),
  },
  experts: {
    parameters: [group, ...gates].flatMap((part) => part.parameters),
    forward: (arrays, x) => {
      const weight = np.ones([4]);
      const plain = { parameters: arrays, state: {}, dropout: {}, weight, mode: "train" } as const;
      const { outs } = group.forward(plain, x);
      return np.concatenate(
        gates.map((gate) => gate.forward(arrays, x, outs)),
        1,
      );
    },
  },
  "dropout with a given mask": {
    parameters: [],
    forward: (_, x) =>
      dropout("d", { size: 3, rate: 0.5 }).forward(
        { dropout: { d: np.array(kept) }, mode: "train" },
        x,
      ),
  },
};

async function evaluate(
  title: Title,
  inputs: Case["inputs"],
): Promise<Record<string, Float32Array>> {
  const names = Object.keys(inputs);
  const program = compileWithGradient({
    name: title,
    fn: (arrays) => {
      const y = layers[title].forward(arrays, arrayOf(arrays, "x"));
      const size = y.shape.reduce((product, length) => product * length, 1);
      const weight = np.array(Float32Array.from({ length: size }, (_, i) => Math.cos(0.3 * i)));
      return { y, loss: np.sum(y.reshape([size]).mul(weight)) };
    },
    inputs: names.map((name) => ({ name, shape: inputs[name]!.shape, dtype: "float32" })),
    loss: "loss",
    wrt: names,
  });
  const loaded = await jaxExecutor({ device: "cpu" }).load(program);
  const data = names.map((name) => [name, Float32Array.from(inputs[name]!.data)] as const);
  const outputs = await loaded.run(Object.fromEntries(data));
  await loaded.release();
  return outputs as Record<string, Float32Array>;
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-5 * scale));
}

describe("agrees with PyTorch: output and gradients", () => {
  const titles = Object.keys(fixtures.cases) as Title[];
  test.each(titles)("%s", async (title) => {
    const { inputs, y, gradients }: Case = fixtures.cases[title] as unknown as Case;
    const names = layers[title].parameters.map(({ name, shape }) => [name, shape] as const);
    expect(Object.fromEntries(names)).toEqual(
      Object.fromEntries(
        Object.entries(inputs)
          .filter(([name]) => name !== "x")
          .map(([name, { shape }]) => [name, shape]),
      ),
    );
    const outputs = await evaluate(title, inputs);
    expectClose(outputs["y"]!, y);
    for (const [name, gradient] of Object.entries(gradients))
      expectClose(outputs[`gradient:${name}`]!, gradient);
  });
});

describe("attention", () => {
  const { inputs } = fixtures.cases["attention with padding"] as unknown as Case;

  test("reads nothing from padding, and nothing later if causal", async () => {
    const moved = async (title: Title, position: number) => {
      const { data, shape } = inputs["x"]!;
      const changed = data.map((value, i) =>
        Math.floor(i / 6) % 4 === position && i < 24 ? value + 1 : value,
      );
      const [before, after] = [
        await evaluate(title, inputs),
        await evaluate(title, { ...inputs, x: { shape, data: changed } }),
      ];
      return [0, 1, 2, 3].filter((at) =>
        [0, 1, 2, 3, 4, 5].some((k) => before["y"]![at * 6 + k] !== after["y"]![at * 6 + k]),
      );
    };
    expect(await moved("attention with padding", 3)).toEqual([3]);
    expect(await moved("attention with padding", 1)).toEqual([0, 1, 2, 3]);
    expect(await moved("causal attention", 2)).toEqual([2, 3]);
  });

  test("refuses heads that do not divide the width", () => {
    expect(() => attention("a", { width: 6, heads: 4, causal: false })).toThrow(
      "4 heads do not divide the width 6",
    );
  });
});

test("dropout changes nothing when scoring, and declares no mask at rate 0", () => {
  const half = dropout("d", { size: 3, rate: 0.5 });
  expect(half.masks).toEqual([{ name: "d", size: 3, rate: 0.5 }]);
  const x = np.array([1, 2, 3]);
  expect(half.forward({ dropout: {}, mode: "predict" }, x)).toBe(x);
  const none = dropout("d", { size: 3, rate: 0 });
  expect(none.masks).toEqual([]);
  expect(none.forward({ dropout: {}, mode: "train" }, x)).toBe(x);
});
