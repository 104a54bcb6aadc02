import { afterAll, describe, expect, test } from "vitest";
import type { TensorData } from "../tensor/index.ts";
import {
  caseSchema,
  casesOf,
  collected,
  feed,
  flat,
  inputsOf,
  loadModel,
  type Build,
  type ReferenceCase,
} from "./reference.fixture.ts";

/** Largest distance of two vectors of one length. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual).toHaveLength(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++)
    largest = Math.max(largest, Math.abs(actual[i]! - expected[i]!));
  return largest;
}

/** The loss of log-odds, in doubles: over tasks the sum of weighted means over rows of known label. */
function crossEntropy(z: TensorData, y: TensorData, w: TensorData): number {
  const numTasks = z.length / w.length;
  let loss = 0;
  for (let t = 0; t < numTasks; t++) {
    let [sum, total] = [0, 0];
    for (let b = 0; b < w.length; b++) {
      const label = y[b * numTasks + t]!;
      if (label < 0) continue;
      const logit = z[b * numTasks + t]!;
      sum += w[b]! * Math.log1p(Math.exp(label === 1 ? -logit : logit));
      total += w[b]!;
    }
    loss += sum / total;
  }
  return loss;
}

export interface ReferenceOptions {
  /** What the model adds to the loss, from its log-odds and weights, for the check by differences. */
  readonly penalty?: (
    logits: TensorData,
    weights: TensorData,
    config: ReferenceCase["config"],
  ) => number;
  /** Largest distance of log-odds. Default: 5e-6; jax-js takes logarithms with an error of up to 1.3e-5. */
  readonly tolerance?: number;
  /** Whether gradients are slopes of the loss: not so of a model that stops some of them. Default: true. */
  readonly slopes?: boolean;
  /** Default: a model of the registry. */
  readonly build?: Build;
}

/**
 * Every case of a file that benchmarks/reference wrote: our forward pass, loss, gradients, running
 * statistics and scores are PyTorch's, and the gradients are slopes of the loss.
 */
export function referenceLaws(
  fixtures: unknown,
  { penalty, slopes = true, tolerance = 5e-6, build }: ReferenceOptions = {},
): void {
  const { batch, cases } = casesOf(fixtures);
  const numReal = batch - 1;
  const options = { batchSize: batch, ...(build && { build }) };
  /** Loaded once, by the test that needs a case first: what compiles is most of the time. */
  const loads = new Map<ReferenceCase, ReturnType<typeof loadModel>>();
  const loadOf = (example: ReferenceCase) => {
    const loaded = loads.get(example) ?? loadModel(example.config, caseSchema(example), options);
    loads.set(example, loaded);
    return loaded;
  };
  afterAll(async () => {
    for (const load of loads.values()) {
      const { train, predict } = await load;
      await Promise.all([train.release(), predict.release()]);
    }
  });

  describe("agrees with PyTorch, the last row being padding", () => {
    test.each(cases)("$title", async ({ example }) => {
      const { expected } = example;
      const loaded = await loadOf(example);
      const { layout, stateLayout, train, predict } = loaded;
      expect(layout.views.map(({ name }) => name).toSorted()).toEqual(
        Object.keys(example.parameters).toSorted(),
      );
      const inputs = inputsOf(loaded, example);
      const outputs = await train.run(feed(loaded, train, inputs));

      const numLogits = expected.logits.length;
      expect(distance(outputs["logits"]!.slice(0, numLogits), expected.logits)).toBeLessThan(
        tolerance,
      );
      // jax-js takes logarithms with an error of up to 1.3e-5; gradients have no logarithm.
      expect(Math.abs(outputs["loss"]![0]! - expected.loss)).toBeLessThan(3e-5);
      expect(
        distance(
          collected(layout, outputs, "gradient:parameter"),
          flat(layout, expected.gradients),
        ),
      ).toBeLessThan(1e-5);
      for (const [name, gradient] of Object.entries(expected.embeddingGradients)) {
        const actual = outputs[`gradient:embedding:${name}`]!;
        expect(distance(actual.slice(0, gradient.length), gradient), name).toBeLessThan(1e-5);
        const padded = Array.from(actual.slice(gradient.length));
        expect(padded).toHaveLength(gradient.length / numReal);
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
      expect(distance(logits!.slice(0, numLogits), expected.predict)).toBeLessThan(tolerance);
    });
  });

  describe.runIf(slopes)(
    "gradients are slopes: central differences along random directions",
    () => {
      test.each(cases)("$title", async ({ example }) => {
        const loaded = await loadOf(example);
        const { train } = loaded;
        const inputs = inputsOf(loaded, example);
        const gradients = await train.run(feed(loaded, train, inputs));
        const lossAt = async (name: string, at: Float32Array) => {
          const { logits } = await train.run(feed(loaded, train, { ...inputs, [name]: at }));
          const loss = crossEntropy(logits!, inputs["label"]!, inputs["weight"]!);
          return loss + (penalty?.(logits!, inputs["weight"]!, example.config) ?? 0);
        };
        const step = 1e-3;
        for (const name of [
          "parameters",
          ...Object.keys(inputs).filter((n) => n.startsWith("emb")),
        ]) {
          const gradient =
            name === "parameters"
              ? collected(loaded.layout, gradients, "gradient:parameter")
              : Float32Array.from(gradients[`gradient:${name}`]!);
          for (let d = 0; d < 2; d++) {
            const direction = gradient.map((_, i) => Math.sin(3 + 5.1 * i + 7.7 * d));
            const move = (sign: number) =>
              inputs[name]!.map((x, i) => x + sign * step * direction[i]!);
            const slope =
              ((await lossAt(name, move(1))) - (await lossAt(name, move(-1)))) / (2 * step);
            const predicted = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
            expect(Math.abs(slope - predicted)).toBeLessThan(1e-3);
            expect(Math.abs(predicted)).toBeGreaterThan(1e-3); // the comparison says something
          }
        }
      });
    },
  );
}
