import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { numpy as np } from "@jax-js/jax";
import { buildModel, modelConfig, trainProgram } from "@atoll/core/models";
import { streamOf } from "@atoll/core/random";
import { compile, parameterLayout } from "@atoll/core/tensor";
import { createLearned, createTrainStep, trainingConfig } from "@atoll/core/training";
import { expect, test } from "vitest";
import { onnxExecutor } from "./onnx-executor.ts";

const BATCH_SIZE = 64;
const MEBIBYTE = 2 ** 20;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const schema = {
  categorical: [
    { name: "user", of: "user" as const, numRows: 500 },
    { name: "item", of: "item" as const, numRows: 500 },
  ],
  numeric: [],
};
const config = { kind: "deepfm", width: 8, hidden: [32, 16], batchNorm: true, dropout: 0.1 };

/** Steps of a small DeepFM, each on a batch prepared anew. */
async function smallStep() {
  const model = buildModel(modelConfig.parse(config), schema);
  const step = await createTrainStep({
    model,
    schema,
    config: trainingConfig.parse({ batchSize: BATCH_SIZE }),
    executor: onnxExecutor({ intraOpThreads: 1 }),
    learned: createLearned(model, schema, { seed: 1, party: "a" }),
  });
  const random = streamOf(1, "masks");
  const run = async (t: number) => {
    const batch = step.batches[t % 2]!;
    for (let i = 0; i < batch.categorical.length; i++)
      batch.categorical[i] = 1 + ((i * 7 + t * 13) % 499);
    batch.label.fill(t % 2);
    batch.weight.fill(1);
    batch.numRows = BATCH_SIZE;
    step.prepare(batch, random);
    await step.run(batch, {});
  };
  return { run, close: step.close };
}

/**
 * What is held after unreachable objects are gone, in bytes: by JavaScript's heap, and by all else. The engine
 * doubles the room for young objects whenever it likes, so that room is left out.
 */
async function held(): Promise<{ heap: number; others: number }> {
  await setTimeout(10); // what a job has weakly referenced is kept until it ends
  collectGarbage();
  const { heapUsed, heapTotal, rss } = process.memoryUsage();
  return { heap: heapUsed, others: rss - heapTotal };
}

test("heap and resident memory stay flat over thousands of steps", async () => {
  const { run, close } = await smallStep();
  for (let t = 0; t < 2000; t++) await run(t); // compilers and caches settle
  // The allocator takes and returns now and then, at times a lot; what is kept comes in most windows.
  const heap: number[] = [];
  const others: number[] = [];
  for (let window = 0; window < 5; window++) {
    const before = await held();
    for (let t = 0; t < 2000; t++) await run(t);
    const after = await held();
    heap.push(after.heap - before.heap);
    others.push(after.others - before.others);
  }
  // One buffer of this step, made anew and kept, would be 2,000 x 4 kB = 8 MB in each.
  expect(median(heap)).toBeLessThan(MEBIBYTE / 5);
  expect(median(others)).toBeLessThan(3 * MEBIBYTE);
  await close();
});

test("sessions that are released give their memory back", async () => {
  const { program, inputs } = largeProgram();
  const executor = onnxExecutor({ intraOpThreads: 1 });
  const cycle = async () => {
    const loaded = await executor.load(program);
    await loaded.run(inputs);
    await loaded.release();
  };
  for (let t = 0; t < 5; t++) await cycle();
  // The constant of a session alone is 16 MiB: twelve kept ones would be 192 in every window. What the allocator keeps for
  // itself, up to 450, comes in one or two.
  const others: number[] = [];
  for (let window = 0; window < 5; window++) {
    const before = await held();
    for (let t = 0; t < 12; t++) await cycle();
    others.push((await held()).others - before.others);
  }
  expect(median(others)).toBeLessThan(96 * MEBIBYTE);
});

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[(values.length - 1) / 2]!;

/** x + c where c is a constant of 16 MiB. */
function largeProgram() {
  const size = 4 * MEBIBYTE;
  const constant = new Float32Array(size).map((_, i) => i % 7);
  const program = compile({
    name: "large",
    fn: ({ x }) => ({ sum: np.sum(x!.add(np.array(constant))) }),
    inputs: [{ name: "x", shape: [size], dtype: "float32" }],
  });
  return { program, inputs: { x: new Float32Array(size) } };
}

test("compiling keeps nothing but a few kilobytes", async () => {
  const compileOne = () => {
    const model = buildModel(modelConfig.parse(config), schema);
    const layout = parameterLayout(model.parameters);
    trainProgram(model, layout, parameterLayout(model.state), schema, BATCH_SIZE);
  };
  for (let t = 0; t < 20; t++) compileOne();
  const before = await held();
  for (let t = 0; t < 100; t++) compileOne();
  const after = await held();
  // A trace of this model is some 240 kB; what the engine learns of the code as it runs comes once, not each time.
  expect((after.heap - before.heap) / 100).toBeLessThan(40_000);
});
