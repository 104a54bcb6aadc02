/**
 * The shortest endings of paths that still tell them apart.
 *
 * @example
 * shortNames(["model.width", "training.optimiser.learningRate"]) // ["width", "learningRate"]
 */
export function shortNames(paths: readonly string[]): string[] {
  return paths.map((path) => {
    const keys = path.split(".");
    for (let length = 1; length < keys.length; length++) {
      const ending = keys.slice(-length).join(".");
      if (paths.filter((other) => other === ending || other.endsWith(`.${ending}`)).length === 1)
        return ending;
    }
    return path;
  });
}
