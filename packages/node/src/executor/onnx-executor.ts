// First, as it keeps ONNX Runtime from telling anybody what it does.
import "../threads/index.ts";
import { AtollError } from "@atoll/core/errors";
import {
  checkBinding,
  checkRunInputs,
  releasedError,
  type Executor,
  type LoadedProgram,
  type NamedTensors,
  type Program,
  type TensorData,
  type TensorSpec,
} from "@atoll/core/tensor";
import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { backendsOf, missingProvider, type ExecutionProvider } from "./providers.ts";

// What it would log as an error it throws as well, and we tell it in our words.
env.logLevel = "fatal";

export interface OnnxExecutorOptions {
  /** Threads within one operator. `run` itself occupies the calling thread. */
  readonly intraOpThreads: number;
  /** Where operators run, in order of preference. Default: ["cpu"]. */
  readonly executionProviders?: readonly ExecutionProvider[];
}

/** Runs programs with ONNX Runtime, natively. */
export function onnxExecutor(options: OnnxExecutorOptions): Executor {
  return {
    name: "onnxruntime",
    threads: options.intraOpThreads,
    load: (program) => load(program, options),
  };
}

async function load(program: Program, options: OnnxExecutorOptions): Promise<LoadedProgram> {
  const session = await createSession(program, options);
  let released = false;
  return {
    program,
    async run(inputs) {
      if (released) throw releasedError(program);
      checkRunInputs(program, inputs);
      const results = await session.run(tensorsOf(program.inputs, inputs));
      const outputs: Record<string, TensorData> = {};
      for (const { name } of program.outputs) outputs[name] = tensorData(results[name]!.data);
      return outputs;
    },
    bind(inputs, outputs) {
      checkBinding(program, inputs, outputs);
      const feeds = tensorsOf(program.inputs, inputs);
      const fetches = tensorsOf(program.outputs, outputs);
      return {
        async run() {
          if (released) throw releasedError(program);
          await session.run(feeds, fetches);
        },
      };
    },
    async release() {
      if (released) return;
      released = true;
      await session.release();
    },
  };
}

/** ONNX Runtime's handles on the given buffers; nothing is copied. */
function tensorsOf(specs: readonly TensorSpec[], buffers: NamedTensors): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape, dtype } of specs) {
    const buffer = buffers[name];
    if (buffer !== undefined) tensors[name] = new Tensor(dtype, buffer, shape);
  }
  return tensors;
}

function tensorData(data: Tensor["data"]): TensorData {
  if (data instanceof Float32Array || data instanceof Int32Array) return data;
  throw new TypeError(`ONNX Runtime gave a ${data.constructor.name}`);
}

async function createSession(
  program: Program,
  { intraOpThreads, executionProviders = ["cpu"] }: OnnxExecutorOptions,
): Promise<InferenceSession> {
  const backends = backendsOf(executionProviders);
  try {
    return await InferenceSession.create(program.onnx, {
      intraOpNumThreads: intraOpThreads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      executionProviders: backends,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Threads that wait for the next operator spin, but not beyond the end of a run.
      extra: { session: { force_spinning_stop: "1", intra_op: { allow_spinning: "1" } } },
    });
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).trim();
    const accelerator = executionProviders.find((provider) => provider !== "cpu");
    if (accelerator !== undefined) throw missingProvider(accelerator, reason, cause);
    throw new AtollError(
      "EXECUTOR_SESSION",
      `ONNX Runtime cannot load program "${program.name}": ${reason}; report this with the program's ` +
        `explain(), or write the function with other operations`,
      { cause },
    );
  }
}
