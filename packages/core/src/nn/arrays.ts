import type { numpy as np } from "@jax-js/jax";

/** Arrays by name, as a model's forward pass reads them. */
export type Arrays = Readonly<Record<string, np.Array>>;

/**
 * The named array. Layers are written for tracing (see tensor/), where arrays may be used as often as one
 * likes: they take no part in the ownership rule of jax-js.
 */
export function arrayOf(arrays: Arrays, name: string): np.Array {
  const array = arrays[name];
  if (array === undefined)
    throw new RangeError(
      `no array "${name}"; there are: ${Object.keys(arrays).join(", ") || "none"}`,
    );
  return array;
}
