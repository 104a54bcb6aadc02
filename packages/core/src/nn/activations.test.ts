import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compileWithGradient, jaxExecutor } from "../tensor/index.ts";
import { sigmoid } from "./activations.ts";

test("the sigmoid and its slope s (1 - s) are right, and finite for every number", async () => {
  const x = Float32Array.of(-3e38, -1000, -89, -70, -45, -12, -1.3, 0, 0.4, 7, 30, 90, 3e38);
  const program = compileWithGradient({
    name: "sigmoid",
    fn: (arrays) => {
      const y = sigmoid(arrays["x"]!);
      return { y, loss: np.sum(y) };
    },
    inputs: [{ name: "x", shape: [x.length], dtype: "float32" }],
    loss: "loss",
    wrt: ["x"],
  });
  const loaded = await jaxExecutor().load(program);
  const { y, "gradient:x": slope } = await loaded.run({ x });
  x.forEach((value, i) => {
    const s = 1 / (1 + Math.exp(-value));
    expect(Math.abs(y![i]! - s), String(value)).toBeLessThan(2e-6);
    expect(Math.abs(slope![i]! - s * (1 - s)), String(value)).toBeLessThan(2e-6);
  });
  await loaded.release();
});
