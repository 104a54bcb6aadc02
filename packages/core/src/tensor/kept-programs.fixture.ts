import { releasedError } from "./run-inputs.ts";
import type { Executor, LoadedProgram } from "./types.ts";

/**
 * The executor, loading equal programs once: for a test file that runs one method many times. Programs are
 * equal if their ONNX bytes are. They stay loaded until the process ends.
 */
export function keptPrograms(executor: Executor): Executor {
  const kept = new Map<string, Promise<LoadedProgram>>();
  return {
    ...executor,
    load: async (program) => {
      const key = Buffer.from(program.onnx).toString("latin1");
      const loading = kept.get(key) ?? executor.load(program);
      kept.set(key, loading);
      const loaded = await loading;
      let released = false;
      const running = () => {
        if (released) throw releasedError(program);
        return loaded;
      };
      return {
        program,
        run: (inputs) => running().run(inputs),
        bind: (inputs, outputs) => {
          const bound = running().bind(inputs, outputs);
          return { run: () => running() && bound.run() };
        },
        release: async () => {
          released = true;
        },
      };
    },
  };
}
