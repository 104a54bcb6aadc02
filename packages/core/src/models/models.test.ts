import { describe, expect, test } from "vitest";
import {
  createRowGradients,
  createTable,
  gather,
  makeTableOptimiser,
  sumByRow,
} from "../embedding/index.ts";
import { makeOptimiser } from "../optim/index.ts";
import { streamOf } from "../random/index.ts";
import type { TensorData } from "../tensor/index.ts";
import {
  BATCH,
  cases,
  feed,
  flat,
  fresh,
  inputsOf,
  loadModel,
  schemaOf,
} from "./reference.fixture.ts";

const NUM_REAL = 5;

/** Largest distance of two vectors of one length. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual).toHaveLength(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++)
    largest = Math.max(largest, Math.abs(actual[i]! - expected[i]!));
  return largest;
}

/** The weighted mean loss of log-odds, in doubles. */
function crossEntropy(z: TensorData, y: TensorData, w: TensorData): number {
  let [sum, total] = [0, 0];
  for (let b = 0; b < z.length; b++) {
    sum += w[b]! * Math.log1p(Math.exp(y[b] === 1 ? -z[b]! : z[b]!));
    total += w[b]!;
  }
  return sum / total;
}

describe("agrees with PyTorch, the last row being padding", () => {
  test.each(cases)("$title", async ({ example }) => {
    const { categorical, numeric, config, expected } = example;
    const loaded = await loadModel(config, schemaOf(categorical, numeric), BATCH);
    const { layout, stateLayout, train, predict } = loaded;
    const inputs = inputsOf(loaded, example);
    const outputs = await train.run(feed(train, inputs));

    expect(distance(outputs["logits"]!.slice(0, NUM_REAL), expected.logits)).toBeLessThan(5e-6);
    // jax-js takes logarithms with an error of up to 1.3e-5; gradients have no logarithm.
    expect(Math.abs(outputs["loss"]![0]! - expected.loss)).toBeLessThan(1.5e-5);
    expect(
      distance(outputs["gradient:parameters"]!, flat(layout, expected.gradients)),
    ).toBeLessThan(5e-6);
    for (const [name, gradient] of Object.entries(expected.embeddingGradients)) {
      const actual = outputs[`gradient:embedding:${name}`]!;
      expect(distance(actual.slice(0, gradient.length), gradient)).toBeLessThan(5e-6);
      const padded = Array.from(actual.slice(gradient.length));
      expect(padded).toHaveLength(gradient.length / NUM_REAL);
      expect(padded.every((g) => g === 0)).toBe(true);
    }
    expect(Object.keys(expected.embeddingGradients)).toEqual(
      loaded.model.embeddings.map((spec) => spec.name),
    );
    if (stateLayout.size > 0) {
      const after = outputs["next:state"]!;
      expect(distance(after, flat(stateLayout, expected.state))).toBeLessThan(1e-6);
      inputs["state"] = Float32Array.from(after);
    } else expect(outputs).not.toHaveProperty("next:state");
    const { logits } = await predict.run(feed(predict, inputs));
    expect(distance(logits!.slice(0, NUM_REAL), expected.predict)).toBeLessThan(5e-6);
    await train.release();
    await predict.release();
  });
});

describe("gradients are slopes: central differences along random directions", () => {
  test.each(cases)("$title", async ({ example }) => {
    const { categorical, numeric, config } = example;
    const loaded = await loadModel(config, schemaOf(categorical, numeric), BATCH);
    const { train } = loaded;
    const inputs = inputsOf(loaded, example);
    const gradients = await train.run(feed(train, inputs));
    const lossAt = async (name: string, at: Float32Array) => {
      const { logits } = await train.run(feed(train, { ...inputs, [name]: at }));
      return crossEntropy(logits!, inputs["label"]!, inputs["weight"]!);
    };
    const step = 1e-3;
    for (const name of ["parameters", ...Object.keys(inputs).filter((n) => n.startsWith("emb"))]) {
      const gradient = Float32Array.from(gradients[`gradient:${name}`]!);
      for (let d = 0; d < 2; d++) {
        const direction = gradient.map((_, i) => Math.sin(3 + 5.1 * i + 7.7 * d));
        const move = (sign: number) => inputs[name]!.map((x, i) => x + sign * step * direction[i]!);
        const slope = ((await lossAt(name, move(1))) - (await lossAt(name, move(-1)))) / (2 * step);
        const predicted = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
        expect(Math.abs(slope - predicted)).toBeLessThan(1e-3);
        expect(Math.abs(predicted)).toBeGreaterThan(1e-3); // the comparison says something
      }
    }
    await train.release();
  });
});

describe("learns a small set by heart", () => {
  const small = { hidden: [16, 8] };
  const configs = [
    { kind: "lr" },
    { kind: "fm", width: 4 },
    { kind: "gmf", width: 4 },
    { kind: "mlp", width: 4, ...small },
    { kind: "neumf", gmfWidth: 4, mlpWidth: 4, ...small },
    { kind: "deepfm", width: 4, ...small },
    { kind: "deepfm", width: 4, ...small, batchNorm: true },
    { kind: "dcnv2", width: 4, ...small },
  ];
  test.each(configs)("$kind, batchNorm $batchNorm", async (config) => {
    const schema = schemaOf(["user", "item"], ["price"]);
    const numRows = 8;
    const { model, layout, stateLayout, train, predict } = await loadModel(config, schema, numRows);
    const inputs: Record<string, Float32Array> = {
      parameters: fresh(layout),
      state: fresh(stateLayout),
      numeric: Float32Array.from({ length: numRows }, (_, b) => Math.cos(2 * b)),
      label: Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0),
      weight: new Float32Array(numRows).fill(1),
    };
    const categorical = Int32Array.from({ length: 2 * numRows }, (_, i) =>
      i % 2 === 0 ? 2 + i / 2 : 2 + (((3 * (i - 1)) / 2) % 7),
    );
    const learningRate = 0.02;
    const optimiser = makeOptimiser({ kind: "adam", learningRate, weightDecay: 0 });
    const memory = optimiser.init(layout.size);
    const rule = makeTableOptimiser({ kind: "lazy-adam", learningRate, weightDecay: 0 });
    const lookups = model.embeddings.map((spec) => {
      const table = createTable(spec, schema, streamOf(6, spec.name));
      const rows = new Float32Array(numRows * spec.features.length * spec.width);
      inputs[`embedding:${spec.name}`] = rows;
      return { table, rows, sums: createRowGradients(table, numRows), memory: rule.init(table) };
    });
    let first = Number.NaN;
    let outputs: Record<string, TensorData> = {};
    for (let t = 0; t < 150; t++) {
      for (const { table, rows } of lookups) gather(table, categorical, rows);
      outputs = await train.run(feed(train, inputs));
      if (t === 0) first = outputs["loss"]![0]!;
      optimiser.step(
        inputs["parameters"]!,
        Float32Array.from(outputs["gradient:parameters"]!),
        memory,
      );
      for (const { table, sums, memory } of lookups) {
        const gradient = Float32Array.from(outputs[`gradient:embedding:${table.name}`]!);
        sumByRow(table, { numRows, categorical }, gradient, sums);
        rule.step(table, sums, memory);
      }
      if (stateLayout.size > 0) inputs["state"] = Float32Array.from(outputs["next:state"]!);
    }
    expect(first).toBeGreaterThan(0.6);
    expect(first).toBeLessThan(1.1);
    expect(outputs["loss"]![0]).toBeLessThan(0.1);
    // Scoring agrees: every log-odds has the sign of its label.
    for (const { table, rows } of lookups) gather(table, categorical, rows);
    const { logits } = await predict.run(feed(predict, inputs));
    logits!.forEach((z, b) => expect(z > 0).toBe(inputs["label"]![b] === 1));
    await train.release();
    await predict.release();
  });
});
