import type { AtollContext } from "../context.ts";

/** A command's work. */
type Action<Flags, Words extends readonly (string | undefined)[]> = (
  context: AtollContext,
  flags: Flags,
  ...words: Words
) => Promise<void>;

/**
 * A command's work, loaded when it is done: help and wrong usage load only what commands say of themselves.
 *
 * @example
 * buildCommand({ docs, parameters, loader: lazily(() => import("./run.action.ts")) })
 */
export function lazily<Flags, Words extends readonly (string | undefined)[]>(
  load: () => Promise<{ readonly action: Action<Flags, Words> }>,
) {
  return async () => {
    const { action } = await load();
    return function (this: AtollContext, flags: Flags, ...words: Words): Promise<void> {
      return action(this, flags, ...words);
    };
  };
}
