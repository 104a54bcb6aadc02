// Run as a process: opens a session in a thread that startThread starts, and then one in this thread.
import { isMainThread } from "node:worker_threads";
import { serveCalls, startThread } from "./index.ts";

/** A session of x + x, as ONNX bytes would be opened by anybody. */
async function twice(): Promise<string> {
  const { numpy: np } = await import("@jax-js/jax");
  const { compile } = await import("@atoll/core/tensor");
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const program = compile({
    name: "twice",
    fn: ({ x }) => ({ y: np.multiply(x!, 2) }),
    inputs: [{ name: "x", shape: [2], dtype: "float32" }],
  });
  const session = await InferenceSession.create(program.onnx);
  const { y } = await session.run({ x: new Tensor("float32", Float32Array.of(1, 2), [2]) });
  await session.release();
  return String(y!.data);
}

if (isMainThread) {
  const thread = startThread<string>(new URL(import.meta.url));
  process.stdout.write(`${String(await thread.call("twice"))}\n`);
  await thread.close();
  process.stdout.write(`${await twice()}\n`);
} else serveCalls(twice);
