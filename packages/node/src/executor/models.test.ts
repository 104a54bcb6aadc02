import { compileWithGradient, explain, jaxExecutor, readModel } from "@atoll/core/tensor";
import { describe, expect, test } from "vitest";
import { draw, expectAgreement, relativeError, runOnce } from "./agreement.laws.ts";
import { mlp, modelCases } from "./models.fixture.ts";
import { onnxExecutor } from "./onnx-executor.ts";

function compiled(name: string) {
  const { fn, inputs } = modelCases[name]!;
  const specs = inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const wrt = specs.map((spec) => spec.name).filter((input) => input !== "mask");
  return compileWithGradient({ name, fn, inputs: specs, loss: "loss", wrt });
}

describe("forward and all gradients agree with jax-js", () => {
  test.each(Object.entries(modelCases))("%s", async (_, model) => {
    const wrt = model.inputs.map((input) => input.name).filter((name) => name !== "mask");
    for (const seed of [1, 2, 3]) await expectAgreement(model, { seed, wrt });
  });
});

test("the loss of a model differentiates to what small steps measure", async () => {
  for (const name of Object.keys(modelCases)) {
    const program = compiled(name);
    const loaded = await onnxExecutor({ intraOpThreads: 1 }).load(program);
    const values = draw(modelCases[name]!.inputs, 5);
    const gradients = await loaded.run(values);
    for (const { name: input, shape } of program.inputs) {
      const gradient = gradients[`gradient:${input}`];
      if (gradient === undefined) continue;
      expect(program.outputs.find((spec) => spec.name === `gradient:${input}`)!.shape).toEqual(
        shape,
      );
      const direction = Float32Array.from(gradient, (_, i) => Math.sin(3 * i + 1));
      const lossAt = async (step: number) => {
        const moved = values[input]!.map((value, i) => value + step * direction[i]!);
        return (await loaded.run({ ...values, [input]: moved }))["loss"]![0]!;
      };
      const measured = ((await lossAt(1e-2)) - (await lossAt(-1e-2))) / 2e-2;
      let derived = 0;
      for (const [i, step] of direction.entries()) derived += gradient[i]! * step;
      const tolerance = 0.02 * Math.abs(derived) + 2e-3;
      expect(Math.abs(measured - derived), `${name}, ${input}`).toBeLessThan(tolerance);
    }
    await loaded.release();
  }
});

test("the gradients of a two-layer perceptron are those of backpropagation by hand", async () => {
  const [batch, width, hidden] = [4, 3, 2];
  const model = mlp(batch, [width, hidden, 1]);
  const specs = model.inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const program = compileWithGradient({
    name: "by hand",
    fn: model.fn,
    inputs: specs,
    loss: "loss",
    wrt: ["w0", "b0", "w1", "b1"],
  });
  const values = draw(model.inputs, 11);
  const [x, y, w0, b0, w1, b1] = ["x", "y", "w0", "b0", "w1", "b1"].map((name) => values[name]!);

  const expected = {
    w0: new Float32Array(width * hidden),
    b0: new Float32Array(hidden),
    w1: new Float32Array(hidden),
    b1: new Float32Array(1),
  };
  for (let n = 0; n < batch; n++) {
    const before = Array.from({ length: hidden }, (_, j) => {
      let sum = b0![j]!;
      for (let i = 0; i < width; i++) sum += x![n * width + i]! * w0![i * hidden + j]!;
      return sum;
    });
    const z = before.reduce((sum, a, j) => sum + Math.max(a, 0) * w1![j]!, b1![0]!);
    const error = (1 / (1 + Math.exp(-z)) - y![n]!) / batch;
    expected.b1[0]! += error;
    for (const [j, a] of before.entries()) {
      expected.w1[j]! += error * Math.max(a, 0);
      if (a <= 0) continue;
      expected.b0[j]! += error * w1![j]!;
      for (let i = 0; i < width; i++)
        expected.w0[i * hidden + j]! += error * w1![j]! * x![n * width + i]!;
    }
  }
  const outputs = await runOnce(onnxExecutor({ intraOpThreads: 1 }), program, values);
  for (const [name, gradient] of Object.entries(expected))
    expect(relativeError(outputs[`gradient:${name}`]!, gradient), name).toBeLessThan(1e-5);
});

test("jax-js on WebAssembly agrees too, on the perceptron", async () => {
  const program = compiled("multilayer perceptron");
  const values = draw(modelCases["multilayer perceptron"]!.inputs, 3);
  const native = await runOnce(onnxExecutor({ intraOpThreads: 1 }), program, values);
  const wasm = await runOnce(jaxExecutor(), program, values);
  for (const [name, tensor] of Object.entries(native))
    expect(relativeError(wasm[name]!, tensor), name).toBeLessThan(1e-4);
});

test("a perceptron's gradient is one product per layer and pass, on operands as they lie", () => {
  const { fn, inputs } = mlp(32, [6, 5, 4, 1]);
  const specs = inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const wrt = ["w0", "b0", "w1", "b1", "w2", "b2"];
  const program = compileWithGradient({ name: "mlp", fn, inputs: specs, loss: "loss", wrt });
  const operators = readModel(program.onnx).nodes.map((node) => node.operator);
  const count = (name: string) => operators.filter((operator) => operator === name).length;
  // Forward: 3. Weight gradients: 3. Input gradients: those of layers 2 and 3, of which layer 3's is
  // the outer product of [32, 1] and [1, 4], an element-wise product.
  expect([count("Gemm"), count("MatMul")], explain(program)).toEqual([7, 0]);
  expect([count("Expand"), count("Transpose")], explain(program)).toEqual([0, 0]);
});

test("no model expands an operand of a product", () => {
  for (const name of Object.keys(modelCases)) {
    const { nodes } = readModel(compiled(name).onnx);
    const producers = new Map(nodes.flatMap((node) => node.outputs.map((out) => [out, node])));
    for (const { operator, inputs } of nodes)
      if (operator === "MatMul" || operator === "Gemm")
        for (const input of inputs) {
          let producer = producers.get(input);
          while (producer?.operator === "Reshape" || producer?.operator === "Transpose")
            producer = producers.get(producer.inputs[0]!);
          expect(producer?.operator, `${name}: ${operator}(${input})`).not.toBe("Expand");
        }
  }
});
