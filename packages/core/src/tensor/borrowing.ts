import { makeJaxpr, numpy as np, valueAndGrad } from "@jax-js/jax";

interface Owned {
  dispose(): void;
}

let owners: ReadonlySet<Owned> | undefined;

/**
 * Runs `body` with jax-js's ownership switched off: arrays are borrowed, never consumed.
 *
 * jax-js frees an array when an operation has used it, unless the caller wrote `.ref`. While a
 * function is only traced there is nothing to free, so here `dispose` does nothing: model code may
 * use an array as often as it likes, and `.ref` remains allowed.
 */
export function borrowing<T>(body: () => T): T {
  owners ??= findOwners();
  const originals = [...owners].map((owner) => ({
    owner,
    method: Object.getOwnPropertyDescriptor(owner, "dispose")!,
  }));
  for (const { owner } of originals) owner.dispose = () => {};
  try {
    return body();
  } finally {
    for (const { owner, method } of originals) Object.defineProperty(owner, "dispose", method);
  }
}

/**
 * The prototypes that count references: concrete arrays and every kind of tracer that a traced
 * gradient meets. jax-js exports the first only; the others are found by looking at the tracers of a
 * small trace, each of which holds the next one.
 */
function findOwners(): ReadonlySet<Owned> {
  const found = new Set<Owned>([np.Array.prototype]);
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > 4) return;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (isOwner(prototype)) found.add(prototype);
    for (const [key, held] of Object.entries(value))
      if (["primal", "tangent", "pval", "val"].includes(key)) visit(held, depth + 1);
  };
  makeJaxpr((x: np.Array) =>
    valueAndGrad((y: np.Array) => {
      visit(y, 0);
      return np.sum(y);
    })(x),
  )(np.zeros([1]));
  return found;
}

function isOwner(prototype: unknown): prototype is Owned {
  return typeof prototype === "object" && prototype !== null && Object.hasOwn(prototype, "dispose");
}
