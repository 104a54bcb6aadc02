import type { RawColumn, SplitClient, Telling } from "../data/index.ts";
import { streamOf, uniform } from "../random/index.ts";
import { ascending } from "./order.ts";
import { placements } from "./placements.ts";

/** An AUC that features known before a row's outcome hardly have by themselves. */
const MOST_HONEST_AUC = 0.9;
/** The same for numbers between 0 and 1 that are right as probabilities. */
const LEAST_FORECAST_AUC = 0.7;
/** Beside what chance explains, between forecasts and what happened. */
const FORECAST_GAP = 0.01;
const BINS = 10;
/** Rows of either class without which nothing is said. */
const FEWEST = 20;
/** Rows that are looked at, spread over all; an AUC then has a standard error of .001. */
const MOST_ROWS = 500_000;
/** Rows at the mean rate that a category's own rows are added to. */
const PRIOR_ROWS = 10;

/**
 * Features of a client that tell the first label by themselves, on training rows, the worst first. Where a value lies in
 * the order is what is scored: for numbers their own, for categories the label rate that the other half of the rows has
 * (so that a value that comes once tells nothing); missing values are at either end. Ids of users and items, features with
 * several values a row and rows on disk are left out.
 */
export function tellingFeatures(
  split: Pick<SplitClient, "categorical" | "numeric" | "label" | "train">,
): readonly Telling[] {
  const step = Math.ceil(split.train.length / MOST_ROWS);
  const rows = split.train.filter((_, i) => i % step === 0);
  const label = Float32Array.from(rows, (row) => split.label[row]!);
  const positives = label.reduce((sum, one) => sum + one, 0);
  if (Math.min(positives, rows.length - positives) < FEWEST) return [];
  const found: Telling[] = [];
  for (const { name, column } of split.numeric) {
    if (column.kind !== "number" || column.values.length === 0) continue;
    const values = Float64Array.from(rows, (row) => column.values[row]!);
    const auc = Math.max(
      ...[-Infinity, Infinity].map((end) =>
        strengthOf(
          values.map((value) => (Number.isNaN(value) ? end : value)),
          label,
        ),
      ),
    );
    if (auc >= MOST_HONEST_AUC) found.push({ feature: name, auc, reads: "label" });
    else if (auc >= LEAST_FORECAST_AUC && isForecast(values, label))
      found.push({ feature: name, auc, reads: "probability" });
  }
  for (const { name, column, rule } of split.categorical) {
    if (rule.kind !== "value" || name === "user" || name === "item") continue;
    if (column.kind !== "text" || column.codes.length === 0) continue;
    const auc = strengthOf(ratesOfOthers(column, rows, label), label);
    if (auc >= MOST_HONEST_AUC) found.push({ feature: name, auc, reads: "label" });
  }
  return found.toSorted((a, b) => b.auc - a.auc);
}

/** The AUC, whichever way the order goes. */
function strengthOf(scores: Float64Array, label: Float32Array): number {
  const { auc } = placements(ascending(scores), scores, label, new Float64Array(scores.length));
  return Math.max(auc, 1 - auc);
}

/** Each row's label rate of its value among the rows of the other half. */
function ratesOfOthers(
  { codes, values }: Extract<RawColumn, { kind: "text" }>,
  rows: Int32Array,
  label: Float32Array,
): Float64Array {
  // Drawn, as files often have positives and negatives by turns.
  const random = streamOf(0, "halves of training rows");
  const half = Uint8Array.from(rows, () => (uniform(random) < 0.5 ? 0 : 1));
  const rate = label.reduce((sum, one) => sum + one, 0) / label.length;
  const halves = [0, 1].map(() => ({
    rows: new Float64Array(values.length + 1),
    positives: new Float64Array(values.length + 1),
  }));
  // A missing value's code is -1.
  rows.forEach((row, i) => {
    halves[half[i]!]!.rows[codes[row]! + 1]! += 1;
    halves[half[i]!]!.positives[codes[row]! + 1]! += label[i]!;
  });
  return Float64Array.from(rows, (row, i) => {
    const other = halves[1 - half[i]!]!;
    const at = codes[row]! + 1;
    return (other.positives[at]! + PRIOR_ROWS * rate) / (other.rows[at]! + PRIOR_ROWS);
  });
}

/** Whether numbers are right as probabilities of the label: in every tenth of the rows by their order, but for chance. */
function isForecast(values: Float64Array, label: Float32Array): boolean {
  if (!values.every((value) => value >= 0 && value <= 1)) return false;
  const order = ascending(values);
  let gap = 0;
  let chance = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const from = Math.floor((bin * order.length) / BINS);
    const to = Math.floor(((bin + 1) * order.length) / BINS);
    let told = 0;
    let seen = 0;
    for (let i = from; i < to; i++) {
      told += values[order[i]!]!;
      seen += label[order[i]!]!;
    }
    gap += Math.abs(told - seen) / order.length;
    chance += Math.sqrt(Math.max(0, told * (1 - told / (to - from)))) / order.length;
  }
  return gap <= chance + FORECAST_GAP;
}
