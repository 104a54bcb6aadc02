import type { EvaluationExamples, HeldOutRows } from "../data/index.ts";
import { finiteScores, measure, type MeasureOptions } from "./measure.ts";
import { emptyRanks, meanGain, ranksOf, type Ranks } from "./ranking.ts";
import { parseMetric, type ParsedMetric } from "./registry.ts";
import type { Gain, Measured, MetricName } from "./types.ts";

export interface HeldOutScoring {
  readonly rows: HeldOutRows;
  readonly numUsers: number;
  readonly score: (examples: EvaluationExamples) => Promise<Float64Array | Float32Array>;
}

/** Rows whose examples and scores take 250 MB. */
const MOST_ROWS = 2 ** 23;

/**
 * Scores held-out rows and measures them as `measure` does. Lists of whole catalogues are scored `mostRows` rows at a
 * time where every metric is a mean over lists; other metrics order all scores, and have to hold them.
 */
export async function measureHeldOut(
  names: readonly MetricName[],
  { rows, numUsers, score }: HeldOutScoring,
  options: MeasureOptions,
  mostRows = MOST_ROWS,
): Promise<Record<MetricName, Measured>> {
  const parsed = names.map((name) => parseMetric(name));
  const gains = parsed.flatMap((metric) => gainOf(metric) ?? []);
  if (rows.listStarts === undefined || rows.numRows <= mostRows || gains.length < parsed.length) {
    const examples = rows.examples();
    return measure(names, { examples, scores: await score(examples), numUsers }, options);
  }
  const ranks = await ranksInParts(rows.listStarts, { rows, numUsers, score }, mostRows);
  return Object.fromEntries(
    names.map((name, m) => [
      name,
      meanGain(ranks, gains[m]!, { k: parsed[m]!.k, ties: options.ties }),
    ]),
  );
}

function gainOf({ definition, task }: ParsedMetric): Gain | undefined {
  return task === undefined ? definition.gain : undefined;
}

async function ranksInParts(
  listStarts: Int32Array,
  { rows, numUsers, score }: HeldOutScoring,
  mostRows: number,
): Promise<Ranks> {
  const numLists = listStarts.length - 1;
  // As `measure` has it: every list is a unit of its own, numbered by its first row, where there is one user.
  const units = numUsers === 1 ? rows.numRows : numUsers;
  const ranks = emptyRanks(numLists, units);
  for (let from = 0, to = 0; from < numLists; from = to) {
    to = from + 1;
    while (to < numLists && listStarts[to + 1]! - listStarts[from]! <= mostRows) to += 1;
    const first = from;
    const examples = rows.examples(Int32Array.from({ length: to - from }, (_, i) => first + i));
    const scored = { examples, scores: await score(examples), numUsers };
    finiteScores(scored);
    const own = ranksOf(scored)!;
    ranks.user.set(
      numUsers === 1 ? own.user.map((_, i) => listStarts[first + i]!) : own.user,
      from,
    );
    ranks.above.set(own.above, from);
    ranks.equal.set(own.equal, from);
  }
  return ranks;
}
