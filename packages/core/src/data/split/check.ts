import { AtollError } from "../../errors/index.ts";
import { labelEntries } from "../label-entries.ts";
import type { SplitRules } from "../rules.ts";
import type { Parts } from "./split.ts";

const PARTS = [
  ["train", "training"],
  ["valid", "validation"],
  ["test", "test"],
] as const;

/** Parts that nothing can be learned from or measured on. */
export function emptyOrOneClass(
  { client, split, feedback, columns }: SplitRules,
  parts: Parts,
  label: Float32Array,
): AtollError[] {
  const problems: AtollError[] = [];
  for (const [part, word] of PARTS) {
    const rows = parts[part];
    if (rows.length === 0) {
      problems.push(
        new AtollError(
          "DATA_EMPTY_SPLIT",
          `client "${client}": split ${split.kind} leaves no ${word} rows of ${label.length}; ${wayOut(split.kind)}`,
        ),
      );
      continue;
    }
    if (feedback === "implicit") continue;
    let positives = 0;
    for (const row of rows) positives += label[row]!;
    if (positives > 0 && positives < rows.length) continue;
    problems.push(
      new AtollError(
        "DATA_ONE_CLASS",
        `client "${client}": the ${rows.length} ${word} rows have ${positives} positive and ${rows.length - positives} negative labels (column "${labelEntries(columns)[0]?.column}"); a model and its AUC need both classes: check the label column, give more rows, or remove the client`,
      ),
    );
  }
  return problems;
}

function wayOut(kind: SplitRules["split"]["kind"]): string {
  switch (kind) {
    case "leave-one-out":
    case "per-user-ratio":
      return "lower split.minimumRows, give users with more rows, or remove the client";
    case "time":
    case "random":
      return "change split.valid and split.test, give more rows, or remove the client";
    case "given":
      return "mark rows for all three parts, or remove the client";
    case "k-fold":
      return "set fewer split.folds, give more rows, or remove the client";
  }
}
