import { AtollError } from "../../errors/index.ts";
import type { TrainedModel } from "../types.ts";

/** The trained model of one kind among the sources of a start. */
export function sourceOf(
  kind: string,
  sources: readonly TrainedModel[],
  target: TrainedModel,
): TrainedModel {
  const source = sources.find((candidate) => candidate.kind === kind);
  if (source !== undefined) return source;
  throw new AtollError(
    "MODEL_START_MISMATCH",
    `model "${target.kind}" starts from a trained ${kind}, it was given ` +
      `${sources.map((candidate) => candidate.kind).join(", ") || "none"}; ` +
      `name a method that trains ${kind} under startFrom`,
  );
}

/** Copies named numbers from one model into another of the same shape. */
export function copyNumbers(
  part: "parameters" | "tables",
  names: readonly (readonly [from: string, to: string])[],
  { source, target }: { readonly source: TrainedModel; readonly target: TrainedModel },
): void {
  for (const [from, to] of names)
    numbersOf(target, part, to).set(
      numbersOf(source, part, from, numbersOf(target, part, to).length),
    );
}

/** A named vector of a trained model, of the length that is needed if one is given. */
export function numbersOf(
  model: TrainedModel,
  part: "parameters" | "tables",
  name: string,
  length?: number,
): Float32Array {
  const numbers = model[part][name];
  if (numbers !== undefined && numbers.length === (length ?? numbers.length)) return numbers;
  throw new AtollError(
    "MODEL_START_MISMATCH",
    `starting from a trained ${model.kind}: its "${name}" has ${numbers?.length ?? "no"} entries, ` +
      `${length ?? "some"} are needed; give both models the same widths and the same vocabularies`,
  );
}
