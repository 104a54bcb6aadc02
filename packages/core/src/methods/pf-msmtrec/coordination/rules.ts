import type { Block } from "../../stages/blocks.ts";
import { STATISTICS } from "../../stages/exchange.ts";
import type { PfConfig } from "../config.ts";
import { average, own, similar } from "./averages.ts";
import { attended, commonDirection } from "./directions.ts";
import type { PartRule } from "./part-rule.ts";

/** How each part of the model is joined. What belongs to no part is treated as an expert's own factor. */
export function ruleOf(config: PfConfig, { name, part }: Block): PartRule {
  // Statistics belong to the weights they were taken with; a direction could make a variance negative.
  if (name === STATISTICS) return config.aggregation === "similarity" ? similar : average;
  if (part?.kind === "tower")
    return { attention: attended(config), similarity: similar, mean: average, local: own }[
      config.towers
    ];
  if (part?.kind === "gate")
    return { similarity: similar, mean: average, local: own }[config.gates];
  if (part?.factor === "global") return average;
  if (part?.factor === "task") return own;
  return config.aggregation === "similarity" ? similar : commonDirection(config);
}

/** Which dense parameters travel at all. */
export function travels(config: PfConfig, part: Block["part"]): boolean {
  switch (part?.kind) {
    case "tower":
      return config.towers !== "local";
    case "gate":
      return config.gates !== "local";
    case "expert":
      return part.factor !== "task" && config.federatedParts.includes(part.factor ?? "scenario");
    case undefined:
      return config.federatedParts.includes("scenario");
  }
}

/** Whether scenarios receive rows of shared tables of their own, instead of the same rows for all. */
export function ownRows({ aggregation, rows }: PfConfig): boolean {
  return aggregation === "similarity" && rows === "evidence";
}
