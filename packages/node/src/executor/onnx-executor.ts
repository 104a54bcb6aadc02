import { AtollError } from "@atoll/core/errors";
import {
  checkRunInputs,
  releasedError,
  type Executor,
  type LoadedProgram,
  type Program,
  type TensorData,
} from "@atoll/core/tensor";
import { InferenceSession, Tensor } from "onnxruntime-node";

export interface OnnxExecutorOptions {
  /** Threads within one operator. `run` itself occupies the calling thread. */
  readonly intraOpThreads: number;
  /** Where operators run, in order of preference: "cpu", "cuda", "dml", "coreml". Default: ["cpu"]. */
  readonly executionProviders?: readonly string[];
}

/** Runs programs with ONNX Runtime, natively. */
export function onnxExecutor(options: OnnxExecutorOptions): Executor {
  return { name: "onnxruntime", load: (program) => load(program, options) };
}

async function load(program: Program, options: OnnxExecutorOptions): Promise<LoadedProgram> {
  const session = await createSession(program, options);
  let released = false;
  return {
    program,
    async run(inputs) {
      if (released) throw releasedError(program);
      checkRunInputs(program, inputs);
      const feeds: Record<string, Tensor> = {};
      for (const { name, shape, dtype } of program.inputs)
        feeds[name] = new Tensor(dtype, inputs[name]!, shape);
      const results = await session.run(feeds);
      const outputs: Record<string, TensorData> = {};
      for (const { name } of program.outputs) outputs[name] = tensorData(results[name]!.data);
      return outputs;
    },
    async release() {
      if (released) return;
      released = true;
      await session.release();
    },
  };
}

function tensorData(data: Tensor["data"]): TensorData {
  if (data instanceof Float32Array || data instanceof Int32Array) return data;
  throw new TypeError(`ONNX Runtime gave a ${data.constructor.name}`);
}

async function createSession(
  program: Program,
  { intraOpThreads, executionProviders = ["cpu"] }: OnnxExecutorOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(program.onnx, {
      intraOpNumThreads: intraOpThreads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      executionProviders,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AtollError(
      "EXECUTOR_SESSION",
      `ONNX Runtime cannot load program "${program.name}" on ${executionProviders.join(", ")}: ` +
        `${reason}; try executionProviders ["cpu"]`,
      { cause },
    );
  }
}
