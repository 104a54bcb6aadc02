import { describe, expect, test } from "vitest";
import type { FeatureSchema } from "../../../data/index.ts";
import { buildModel, modelConfig, predictProgram, trainProgram } from "../../../models/index.ts";
import { normal, streamOf } from "../../../random/index.ts";
import { initialise, jaxExecutor, parameterLayout, windows } from "../../../tensor/index.ts";
import { withCodeHead, type HeadCodes } from "./code-head.ts";

const B = 5;
const schema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: 9 },
    { name: "item-code-1", of: "item", numRows: 7 },
    { name: "user-code-1", of: "user", numRows: 7 },
    { name: "user-code-2", of: "user", numRows: 7 },
  ],
  numeric: [{ name: "age", of: "user" }],
};
const both: HeadCodes = { item: ["item-code-1"], user: ["user-code-1", "user-code-2"] };

const config = (kind: string) => modelConfig.parse({ kind, width: 3, hidden: [4] });

/** A model with its head, its programs, and drawn numbers for every input. */
async function loaded(codes: HeadCodes, kind = "deepfm", own: FeatureSchema = schema) {
  const settings =
    kind === "shared-bottom"
      ? modelConfig.parse({ kind, width: 3, bottomHidden: [4], towerHidden: [] })
      : config(kind);
  const bare = buildModel(settings, own);
  const model = withCodeHead(bare, own, codes);
  const layout = parameterLayout(model.parameters);
  const none = parameterLayout(model.state);
  const executor = jaxExecutor();
  const train = await executor.load(trainProgram(model, layout, none, own, B));
  const withHead = await executor.load(predictProgram(model, layout, none, own, B));
  const without = await executor.load(predictProgram(bare, layout, none, own, B));
  const stream = streamOf(4, "inputs");
  const draw = (length: number) => Float32Array.from({ length }, () => 0.7 * normal(stream));
  const tasks = own.tasks?.length ?? 1;
  const inputs: Record<string, Float32Array> = {
    ...windows(layout, initialise(layout, streamOf(3, "parameters")), "parameter"),
    ...Object.fromEntries(
      model.embeddings.map(({ name, features, width }) => [
        `embedding:${name}`,
        draw(B * features.length * width),
      ]),
    ),
    numeric: draw(B),
    label: Float32Array.from({ length: B * tasks }, (_, i) => (i * 7) % 2),
    weight: Float32Array.of(1, 1, 2, 1, 0),
  };
  const run = async (program: typeof train, given = inputs) =>
    program.run(Object.fromEntries(program.program.inputs.map(({ name }) => [name, given[name]!])));
  return { inputs, model, train, withHead, without, run, tasks };
}

/** sum over features of one example's vector in an embedding. */
function sumOf(values: Float32Array, numFeatures: number, width: number, row: number): number[] {
  return Array.from({ length: width }, (_, k) => {
    let sum = 0;
    for (let f = 0; f < numFeatures; f++) sum += values[(row * numFeatures + f) * width + k]!;
    return sum;
  });
}

describe.each([
  ["item and user codes", both],
  ["item codes alone", { item: ["item-code-1"], user: [] }],
] as const)("a head on %s", (_, codes) => {
  test("scales, shifts and adds the product, as written out by hand", async () => {
    const { inputs, run, withHead, without } = await loaded(codes);
    const before = (await run(without))["logits"]!;
    const after = (await run(withHead))["logits"]!;
    const numCodes = codes.item.length + codes.user.length;
    for (let row = 0; row < B; row++) {
      const [s, b] = sumOf(inputs["embedding:code-head"]!, numCodes, 2, row);
      let expected = (1 + s!) * before[row]! + b!;
      if (codes.user.length > 0) {
        const p = sumOf(inputs["embedding:code-head-user"]!, 2, 8, row);
        const q = sumOf(inputs["embedding:code-head-item"]!, 1, 8, row);
        expected += p.reduce((sum, x, k) => sum + x * q[k]!, 0);
      }
      expect(after[row]).toBeCloseTo(expected, 5);
    }
  });

  test("has gradients that are slopes of the loss", async () => {
    const { inputs, model, run, train } = await loaded(codes);
    const outputs = await run(train);
    const step = 1e-2;
    for (const { name } of model.embeddings) {
      const key = `embedding:${name}`;
      const gradient = outputs[`gradient:${key}`]!;
      // Mostly along the gradient, so that the slope is no small number.
      const direction = Float32Array.from(
        inputs[key]!,
        (_, i) => Math.sign(gradient[i]!) + Math.sin(3 + 5.1 * i) / 2,
      );
      const lossAt = async (sign: number) => {
        const moved = inputs[key]!.map((x, i) => x + sign * step * direction[i]!);
        return (await run(train, { ...inputs, [key]: moved }))["loss"]![0]!;
      };
      const slope = ((await lossAt(1)) - (await lossAt(-1))) / (2 * step);
      const predicted = direction.reduce((sum, d, i) => sum + d * gradient[i]!, 0);
      // Logarithms in single precision are off by up to 1.3e-5 at either end.
      expect(Math.abs(slope - predicted), name).toBeLessThan(4e-3);
      expect(Math.abs(predicted), name).toBeGreaterThan(1e-2);
    }
  });
});

test("a fresh head leaves the model as it was, and its item side learns at once", async () => {
  const { inputs, model, run, train, withHead, without } = await loaded(both);
  const fresh = { ...inputs };
  for (const { name, features, width, init } of model.embeddings)
    if (name.startsWith("code-head")) {
      const values = new Float32Array(B * features.length * width);
      init(values, [B * features.length, width], streamOf(6, name));
      fresh[`embedding:${name}`] = values;
    }
  expect(await run(withHead, fresh)).toEqual(await run(without, fresh));
  const gradients = await run(train, fresh);
  expect(gradients["gradient:embedding:code-head-item"]!.some((g) => Math.abs(g) > 1e-4)).toBe(
    true,
  );
});

test("every task of a model of several is conditioned alike", async () => {
  const several = { ...schema, tasks: ["click", "buy"] };
  const { inputs, run, withHead, without, tasks } = await loaded(both, "shared-bottom", several);
  const before = (await run(without))["logits"]!;
  const after = (await run(withHead))["logits"]!;
  expect(after).toHaveLength(B * tasks);
  for (let row = 0; row < B; row++) {
    const [s] = sumOf(inputs["embedding:code-head"]!, 3, 2, row);
    const shifts = [0, 1].map((t) => after[row * 2 + t]! - (1 + s!) * before[row * 2 + t]!);
    expect(shifts[0]).toBeCloseTo(shifts[1]!, 5);
    expect(Math.abs(shifts[0]!)).toBeGreaterThan(1e-3);
  }
});

test("without codes of all parties the model stays the same object", () => {
  const model = buildModel(config("deepfm"), schema);
  expect(withCodeHead(model, schema, { item: [], user: [] })).toBe(model);
});
