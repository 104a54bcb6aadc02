import { AtollError } from "../errors/index.ts";
import { parseMetric } from "./registry.ts";
import type { Measured, MetricName, Scored, Ties } from "./types.ts";

/**
 * Measures scored rows by every named metric. Scores that are not finite are refused: a model that
 * answers NaN must not look like one that ranks.
 */
export function measure(
  names: readonly MetricName[],
  scored: Scored,
  { ties }: { readonly ties: Ties },
): Record<MetricName, Measured> {
  const { scores, examples } = scored;
  if (scores.length !== examples.numRows)
    throw new RangeError(`${scores.length} scores for ${examples.numRows} rows`);
  refuse(scores, (score) => !Number.isFinite(score), "not finite", "the model diverged: lower its learning rate");
  const parsed = names.map((name) => [name, parseMetric(name)] as const);
  if (parsed.some(([, { definition }]) => definition.probabilities))
    refuse(
      scores,
      (score) => score < 0 || score > 1,
      "no probability",
      "log loss, normalised entropy and calibration error need probabilities",
    );
  return Object.fromEntries(
    parsed.map(([name, { definition, k }]) => [name, definition.measure(scored, { k, ties })]),
  );
}

function refuse(
  scores: Float64Array | Float32Array,
  bad: (score: number) => boolean,
  what: string,
  wayOut: string,
): void {
  const first = scores.findIndex(bad);
  if (first < 0) return;
  let count = 0;
  for (const score of scores) if (bad(score)) count++;
  throw new AtollError(
    "METRIC_SCORES",
    `${count} of ${scores.length} scores are ${what}, first in row ${first + 1}: ${scores[first]}; ${wayOut}`,
  );
}
