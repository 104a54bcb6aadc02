import { describe, expect, test } from "vitest";
import type { TensorData } from "../tensor/index.ts";
import {
  BATCH,
  cases,
  collected,
  feed,
  flat,
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
    const outputs = await train.run(feed(loaded, train, inputs));

    expect(distance(outputs["logits"]!.slice(0, NUM_REAL), expected.logits)).toBeLessThan(5e-6);
    // jax-js takes logarithms with an error of up to 1.3e-5; gradients have no logarithm.
    expect(Math.abs(outputs["loss"]![0]! - expected.loss)).toBeLessThan(1.5e-5);
    expect(
      distance(collected(layout, outputs, "gradient:parameter"), flat(layout, expected.gradients)),
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
      const after = collected(stateLayout, outputs, "next:state");
      expect(distance(after, flat(stateLayout, expected.state))).toBeLessThan(1e-6);
      inputs["state"] = after;
    }
    const { logits } = await predict.run(feed(loaded, predict, inputs));
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
    const gradients = await train.run(feed(loaded, train, inputs));
    const lossAt = async (name: string, at: Float32Array) => {
      const { logits } = await train.run(feed(loaded, train, { ...inputs, [name]: at }));
      return crossEntropy(logits!, inputs["label"]!, inputs["weight"]!);
    };
    const step = 1e-3;
    for (const name of ["parameters", ...Object.keys(inputs).filter((n) => n.startsWith("emb"))]) {
      const gradient =
        name === "parameters"
          ? collected(loaded.layout, gradients, "gradient:parameter")
          : Float32Array.from(gradients[`gradient:${name}`]!);
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
