import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compileWithGradient, jaxExecutor } from "../../tensor/index.ts";
import { schemaOf } from "../reference.fixture.ts";
import { buildModel, modelConfig } from "../registry.ts";
import { logOddsOfBoth } from "./esmm.ts";

/** log-odds and slopes of sigmoid(a) sigmoid(b) in doubles, by log1p and expm1. */
function inDoubles(a: number, b: number) {
  const logSigmoid = (z: number) =>
    z > 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z));
  const other = (z: number) => 1 / (1 + Math.exp(z)); // 1 - sigmoid
  const logBoth = logSigmoid(a) + logSigmoid(b);
  const neither = -Math.expm1(logBoth);
  return { z: logBoth - Math.log(neither), da: other(a) / neither, db: other(b) / neither };
}

test("log-odds of a product of probabilities and their slopes, near 0 and near 1, in float32", async () => {
  const values = [-40, -12.5, -3, -0.7, 0, 0.4, 2.2, 9, 17.5, 30];
  const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
  const shape = [pairs.length, 1];
  const specs = ["a", "b"].map((name) => ({ name, shape, dtype: "float32" as const }));
  const program = compileWithGradient({
    name: "both",
    fn: ({ a, b }) => {
      const z = logOddsOfBoth(a!, b!);
      return { z, loss: np.sum(z) };
    },
    inputs: specs,
    loss: "loss",
    wrt: ["a", "b"],
  });
  const loaded = await jaxExecutor().load(program);
  const outputs = await loaded.run({
    a: Float32Array.from(pairs, ([a]) => a),
    b: Float32Array.from(pairs, ([, b]) => b),
  });
  for (const [i, [a, b]] of pairs.entries()) {
    const expected = inDoubles(a, b);
    // jax-js takes logarithms with an error of up to 1.3e-5, exponentials with 1e-5.
    expect(Math.abs(outputs["z"]![i]! - expected.z), `${a}, ${b}`).toBeLessThan(2e-5);
    expect(Math.abs(outputs["gradient:a"]![i]! - expected.da), `${a}, ${b}`).toBeLessThan(2e-5);
    expect(Math.abs(outputs["gradient:b"]![i]! - expected.db), `${a}, ${b}`).toBeLessThan(2e-5);
  }
  await loaded.release();
});

test("esmm says which tasks it found where there are not two", () => {
  const schema = { ...schemaOf(["user", "item"]), tasks: ["view", "click", "buy"] };
  expect(() => buildModel(modelConfig.parse({ kind: "esmm" }), schema)).toThrow(
    'model "esmm" needs two tasks, a click and the conversion that follows it, the data have 3 (view, click, buy)',
  );
});
