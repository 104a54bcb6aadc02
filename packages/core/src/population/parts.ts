import {
  evaluationPart,
  type EvaluationExamples,
  type EvaluationPart,
  type SplitClient,
} from "../data/index.ts";
import { domainOf } from "./history.ts";
import type { Population } from "./types.ts";

/**
 * Held-out rows with their candidates, a part for each domain, whose examples refer to rows of the domain's
 * split: nothing is encoded, and no vocabulary is fitted.
 */
export function populationParts(splits: readonly SplitClient[]): readonly EvaluationPart[] {
  const schema = { categorical: [], numeric: [] };
  return splits.map((split) => {
    const rows = {
      numRows: split.label.length,
      categorical: new Int32Array(0),
      numeric: new Float32Array(0),
    };
    return evaluationPart({ split, schema, rows, offset: 0 });
  });
}

/** What examples ask: example i, whether `item[i]` is what the user of event `event[i]` chose in it. */
export interface Requests {
  readonly event: Int32Array;
  readonly item: Int32Array;
}

/** Reads examples of `populationParts` as requests; `from` and `to` (default: all) choose some of them. */
export function requestsOf(population: Population) {
  return (
    { at, itemAt = at }: EvaluationExamples,
    part: string,
    { from = 0, to = at.length }: { readonly from?: number; readonly to?: number } = {},
  ): Requests => {
    const eventOfRow = population.eventOfRow[domainOf(population, part)]!;
    const event = new Int32Array(to - from);
    const item = new Int32Array(to - from);
    for (let i = from; i < to; i++) {
      event[i - from] = eventOfRow[at[i]!]!;
      item[i - from] = population.item[eventOfRow[itemAt[i]!]!]!;
    }
    return { event, item };
  };
}
