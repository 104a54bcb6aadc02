type Emit = (warning: string | Error, kind?: unknown, ...rest: unknown[]) => void;

/** Runs `load`; of the warnings it gives meanwhile, all but those of experimental features are passed on. */
export function withoutExperimentalWarnings<T>(load: () => T): T {
  const before = Reflect.get(process, "emitWarning") as Emit;
  process.emitWarning = (...words: Parameters<Emit>) => {
    if (words[1] !== "ExperimentalWarning") Reflect.apply(before, process, words);
  };
  try {
    return load();
  } finally {
    process.emitWarning = before;
  }
}
