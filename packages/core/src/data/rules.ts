import type { ColumnsConfig, NegativesInput, SplitInput } from "./config.ts";
import type { TrueAffinity } from "./true-affinity.ts";

/** What an experiment says about a client's rows. */
export interface SplitRules {
  readonly client: string;
  readonly columns: ColumnsConfig;
  readonly feedback: "explicit" | "implicit";
  readonly duplicates?: "keep" | "first" | "last";
  readonly split: SplitInput;
  readonly negatives?: NegativesInput;
  /** Columns with the true probability of each label, in the order of labels; made-up worlds only. */
  readonly oracleColumns?: readonly string[];
  /** By the codes of the table's users and items; synthetic worlds with implicit feedback only. */
  readonly affinity?: TrueAffinity;
}

/** The duplicate rule in force: implicit feedback keeps the first row of a pair unless told otherwise. */
export function duplicateRule({ duplicates, feedback }: SplitRules): "keep" | "first" | "last" {
  return duplicates ?? (feedback === "implicit" ? "first" : "keep");
}
