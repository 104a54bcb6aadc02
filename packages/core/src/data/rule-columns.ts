import { negativesConfig, trainingSamplerOf, type NegativesInput } from "./negatives-config.ts";
import type { SplitInput } from "./split/config.ts";

/** Columns that the split and the negatives read beside those with a role; each is read as text. */
export function ruleColumns(split: SplitInput, negatives: NegativesInput | undefined): string[] {
  const sampler = trainingSamplerOf(negativesConfig.parse(negatives ?? {}));
  return [
    ...(split.kind === "given" ? [split.column] : []),
    ...(sampler.kind === "given" && sampler.column !== undefined ? [sampler.column] : []),
  ];
}
