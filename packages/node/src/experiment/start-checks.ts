import { resolveMethod, trainsModel, type MethodEntry } from "@atoll/core/methods";
import type { Model } from "@atoll/core/models";
import type { Experiment } from "./schema.ts";
import type { Path, PathIssue } from "./zod-issues.ts";

/** A start needs a model that knows how to start, and earlier methods that leave one. */
export function checkStart(
  { methods: given }: Experiment,
  { startFrom }: MethodEntry,
  i: number,
  model: Model | undefined,
): PathIssue[] {
  if (startFrom.length === 0) return [];
  const path: Path = ["methods", i, "startFrom"];
  if (model?.startFrom === undefined)
    return [
      {
        path,
        message: `${model === undefined ? "this method trains no model" : `model ${model.kind} knows no start from another`}, as neumf does; remove startFrom`,
      },
    ];
  const entries = given.map(resolveMethod);
  return startFrom.flatMap((source, s) => {
    const found = entries.find(({ name }) => name === source);
    return found === undefined || trainsModel(found.kind)
      ? []
      : [
          {
            path: [...path, s],
            message: `method ${source} leaves no trained model to start from; name one that trains a model`,
          },
        ];
  });
}
