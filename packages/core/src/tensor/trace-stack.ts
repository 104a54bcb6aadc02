import { makeJaxpr, type numpy as np } from "@jax-js/jax";

/** A level of jax-js's stack of running transformations. */
interface Level {
  readonly level: number;
  [Symbol.dispose](): void;
}

/**
 * Runs `body` and leaves jax-js's stack of transformations as it was.
 *
 * jax-js 0.1.25 forgets to take a gradient's level off its stack (`partialEvalFlat`), so that every
 * traced gradient would stay in memory for ever. Any level's dispose takes off the topmost.
 */
export function withStackRestored<T>(body: () => T): T {
  const depth = nextLevel().level;
  try {
    return body();
  } finally {
    const top = nextLevel();
    for (let level = depth; level < top.level; level++) top[Symbol.dispose]();
  }
}

/** The level that a transformation started now gets: its number is how many are on the stack. */
function nextLevel(): Level {
  let found: Level | undefined;
  makeJaxpr((x: np.Array) => {
    const { _trace: trace }: { _trace?: { main?: unknown } } = x as never;
    if (isLevel(trace?.main)) found = trace.main;
    return x;
  })(0 as never);
  if (found !== undefined) return found;
  throw new TypeError("jax-js has no stack of transformations; use the version that Atoll pins");
}

function isLevel(value: unknown): value is Level {
  return typeof value === "object" && value !== null && "level" in value && Symbol.dispose in value;
}
