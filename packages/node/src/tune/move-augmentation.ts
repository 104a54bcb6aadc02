import { relative, resolve } from "node:path";
import { isMap, isScalar, visit, type Document, type YAMLMap } from "yaml";
import { placeOfExperiment } from "../runs/augmentation.ts";
import { storePathOf } from "../augmentation/index.ts";

/**
 * Has an experiment that is run from another folder find the files of its augmentations where they were: answers,
 * prompts and models. Without it the final run of a tune would ask, and pay for, all answers again.
 */
export function moveAugmentation(
  document: Document,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  const moved = (path: string) => relative(to, resolve(from, path));
  const move = (map: YAMLMap, ...path: readonly string[]) => {
    const value = map.getIn(path);
    if (typeof value === "string") map.setIn(path, moved(value));
  };
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "augmentation" || !isMap(value)) return;
      const kind = value.get("kind");
      if (value.getIn(["vectors", "kind"]) === "sentence") move(value, "vectors", "model");
      if (kind !== "openai-compatible" && kind !== "local") return;
      if (kind === "local") move(value, "model");
      move(value, "prompts");
      const place = placeOfExperiment(from);
      const cache = value.get("cache") as string | undefined;
      // Where there is no place for answers, running it says so.
      if (cache === undefined && place.cache === undefined) return;
      value.set("cache", moved(storePathOf({ cache }, place)));
    },
  });
}
