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

  test("bound buffers are read and written at every run; outputs may be left out", async () => {
    const loaded = await executor.load(program);
    const buffers = { x: Float32Array.of(1.5, -2), unused: inputs.unused, n: inputs.n };
    const double = new Float32Array(2);
    const table = new Float32Array(4);
    const bound = loaded.bind(buffers, { table, double });
    await bound.run();
    expect([...double]).toEqual([3, -4]);
    expect([...table]).toEqual([1.5, -4, 4.5, -8]);
    buffers.x.set([10, 20]);
    await bound.run();
    expect([...double]).toEqual([20, 40]);
    await loaded.release();
    await expect(bound.run()).rejects.toMatchObject({ code: "TENSOR_RELEASED" });
  });

  test("two bindings of one program do not disturb each other, in shared memory too", async () => {
    const loaded = await executor.load(program);
    const sides = [1, 2].map((factor) => {
      const x = new Float32Array(new SharedArrayBuffer(8));
      x.set([factor, 10 * factor]);
      const double = new Float32Array(new SharedArrayBuffer(8));
      return { double, bound: loaded.bind({ ...inputs, x }, { double }) };
    });
    for (const { bound } of sides) await bound.run();
    expect(sides.map(({ double }) => [...double])).toEqual([
      [2, 20],
      [4, 40],
    ]);
    await loaded.release();
  });

  test("names every buffer that a binding gets wrong", async () => {
    const loaded = await executor.load(program);
    expect(() => loaded.bind(inputs, { double: new Float32Array(3), triple: inputs.x })).toThrow(
      /output "double" is a Float32Array of 3 elements; give .* of 2[^]*"triple" is no output/,
    );
    expect(() => loaded.bind({ x: inputs.x }, {})).toThrow(/input "unused" is missing/);
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

test("an execution provider that this machine lacks is named, with what it needs", async () => {
  const lacking = await onnxExecutor({ intraOpThreads: 1, executionProviders: ["cuda", "cpu"] })
    .load(program)
    .then(
      () => undefined, // this machine has it
      (error: unknown) => error,
    );
  if (lacking !== undefined) {
    expect(lacking).toMatchObject({ code: "EXECUTOR_PROVIDER" });
    expect(String(lacking)).toMatch(/"cuda" does not work here: .*NVIDIA GPU.*compute on "cpu"/s);
  }
  const elsewhere = process.platform === "win32" ? "coreml" : "directml";
  await expect(
    onnxExecutor({ intraOpThreads: 1, executionProviders: [elsewhere] }).load(program),
  ).rejects.toMatchObject({
    code: "EXECUTOR_PROVIDER",
    message: expect.stringContaining(`"${elsewhere}" does not work here`) as unknown,
  });
});
