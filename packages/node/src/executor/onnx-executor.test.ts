import { numpy as np } from "@jax-js/jax";
import { AtollErrors } from "@atoll/core/errors";
import { compile, jaxExecutor, type Executor } from "@atoll/core/tensor";
import { describe, expect, test } from "vitest";
import { onnxExecutor } from "./onnx-executor.ts";

const executors: Executor[] = [
  onnxExecutor({ intraOpThreads: 1 }),
  onnxExecutor({ intraOpThreads: 2, executionProviders: ["cpu"] }),
  jaxExecutor(),
  jaxExecutor({ device: "cpu" }),
];

const program = compile({
  name: "weighted",
  fn: ({ x, n }) => ({
    double: x!.mul(2),
    copy: n!,
    count: n!.add(1),
    table: np
      .array([
        [1, 2],
        [3, 4],
      ])
      .mul(x!),
    same: x!.mul(2),
    seven: np.array(7),
  }),
  inputs: [
    { name: "x", shape: [2], dtype: "float32" },
    { name: "unused", shape: [3], dtype: "float32" },
    { name: "n", shape: [], dtype: "int32" },
  ],
});

const inputs = {
  x: Float32Array.of(1.5, -2),
  unused: new Float32Array(3),
  n: Int32Array.of(41),
};

describe.each(executors)("$name", (executor) => {
  test("gives every output, be it an input, a constant or another output", async () => {
    const loaded = await executor.load(program);
    const outputs = await loaded.run(inputs);
    expect(Object.keys(outputs)).toEqual(["double", "copy", "count", "table", "same", "seven"]);
    expect(outputs["double"]).toEqual(Float32Array.of(3, -4));
    expect(outputs["copy"]).toEqual(Int32Array.of(41));
    expect(outputs["count"]).toEqual(Int32Array.of(42));
    expect(outputs["table"]).toEqual(Float32Array.of(1.5, -4, 4.5, -8));
    expect(outputs["same"]).toEqual(Float32Array.of(3, -4));
    expect(outputs["seven"]).toEqual(Float32Array.of(7));
    await loaded.release();
  });

  test("outputs are the caller's: a later run does not change them", async () => {
    const loaded = await executor.load(program);
    const first = await loaded.run(inputs);
    const second = await loaded.run({ ...inputs, x: Float32Array.of(10, 20) });
    expect(first["double"]).toEqual(Float32Array.of(3, -4));
    expect(second["double"]).toEqual(Float32Array.of(20, 40));
    await loaded.release();
  });

  test("names every input that does not fit", async () => {
    const loaded = await executor.load(program);
    const problems = await loaded
      .run({ x: Float32Array.of(1), n: Float32Array.of(1), y: Float32Array.of(1) })
      .catch((error: unknown) => error);
    expect(problems).toBeInstanceOf(AtollErrors);
    expect(String(problems)).toMatch(/"x" is a Float32Array of 1 elements; give .* of 2/);
    expect(String(problems)).toMatch(/"unused" is missing/);
    expect(String(problems)).toMatch(/"n" is a Float32Array .* give a Int32Array of 1/);
    expect(String(problems)).toMatch(/"y" is no input/);
    await loaded.release();
  });

  test("refuses to run after release, and releases twice without harm", async () => {
    const loaded = await executor.load(program);
    await loaded.release();
    await loaded.release();
    await expect(loaded.run(inputs)).rejects.toMatchObject({ code: "TENSOR_RELEASED" });
    const again = await executor.load(program);
    expect((await again.run(inputs))["double"]).toEqual(Float32Array.of(3, -4));
    await again.release();
  });
});

test("a program that ONNX Runtime cannot read is named", async () => {
  const broken = { ...program, onnx: program.onnx.slice(0, 40) };
  await expect(onnxExecutor({ intraOpThreads: 1 }).load(broken)).rejects.toMatchObject({
    code: "EXECUTOR_SESSION",
    message: expect.stringContaining('program "weighted"') as unknown,
  });
});

test("jax-js without the device asked for says which there are", async () => {
  await expect(jaxExecutor({ device: "webgpu" }).load(program)).rejects.toMatchObject({
    code: "EXECUTOR_SESSION",
  });
});
