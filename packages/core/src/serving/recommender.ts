import {
  columnsOf,
  encodeColumns,
  HISTORY,
  itemsOfUser,
  lengthOf,
  tasksOf,
  type Encoder,
  type EncodedColumns,
  type Histories,
  type KnownRows,
} from "../data/index.ts";
import { asProbability, UNSEEN_ROW, type KeptRecommender } from "../methods/index.ts";
import {
  easeRecommender,
  factorRecommender,
  itemKnnRecommender,
  type Positives,
  type Recommender,
} from "../models/collaborative/index.ts";
import { givenHistories } from "./histories.ts";
import type { RowModel } from "./row-model.ts";
import { countSeen, seenOf } from "./seen.ts";

/**
 * A kept recommender that scores new rows as the evaluation scored test rows. A row that brings a history is
 * scored by that, in place of what training knew of its user; a method without histories takes no notice.
 */
export function createRecommender(
  { encoder, schema, learned }: KeptRecommender,
  { client }: { readonly client: string },
): RowModel {
  const history = schema.categorical.find(({ name }) => name === HISTORY);
  const historyLength = history && lengthOf(history);
  const seen = seenOf(encoder);
  const known: KnownRows = new Map();
  return {
    tasks: tasksOf(schema),
    historyLength,
    seen,
    score: async ({ numRows, features, history: past }) => {
      const encoded = encodeColumns(encoder, features, numRows, known);
      countSeen(seen, encoder, features, encoded);
      const item = rowsOf(encoder, encoded, "item");
      if (learned.kind === "counts") return Float64Array.from(item, (row) => learned.scores[row]!);
      const pairs = {
        user: rowsOf(encoder, encoded, "user").map((row) => row - UNSEEN_ROW),
        item: item.map((row) => row - UNSEEN_ROW),
      };
      if (learned.kind === "factors")
        return factorRecommender(learned.factors).score(pairs.user, pairs.item).map(asProbability);
      const by = (positives: Positives): Recommender =>
        learned.kind === "weights"
          ? easeRecommender(learned.weights, positives)
          : itemKnnRecommender(learned.neighbours, positives);
      const scores = by(learned.positives).score(pairs.user, pairs.item);
      if (historyLength !== undefined && past !== undefined)
        scoreGiven(scores, {
          by,
          item: pairs.item,
          histories: givenHistories(past, { encoder, client, length: historyLength }),
          numItems: learned.positives.numItems,
        });
      return scores.map(asProbability);
    },
    close: async () => {},
  };
}

/** The table rows of a feature of one value. */
function rowsOf(
  { schema }: Encoder,
  { numRows, width, categorical }: EncodedColumns,
  feature: string,
): Int32Array {
  const column = columnsOf(schema)[schema.categorical.findIndex(({ name }) => name === feature)]!;
  return Int32Array.from({ length: numRows }, (_, row) => categorical[row * width + column]!);
}

interface Given {
  readonly by: (positives: Positives) => Recommender;
  readonly item: Int32Array;
  readonly histories: Histories;
  readonly numItems: number;
}

/** Scores rows that bring a history anew, each as a user of its own. */
function scoreGiven(scores: Float64Array, { by, item, histories, numItems }: Given): void {
  const { items, starts, ends } = histories;
  const rows = [...scores.keys()].filter((row) => ends[row]! > starts[row]!);
  if (rows.length === 0) return;
  const user: number[] = [];
  const chosen: number[] = [];
  rows.forEach((row, u) => {
    for (let at = starts[row]!; at < ends[row]!; at++) {
      user.push(u);
      chosen.push(items[at]! - UNSEEN_ROW);
    }
  });
  const numUsers = rows.length;
  const own = { numUsers, numItems, ...itemsOfUser(numUsers, [{ user, item: chosen }]) };
  const given = by(own).score(
    Int32Array.from(rows.keys()),
    Int32Array.from(rows, (row) => item[row]!),
  );
  rows.forEach((row, u) => (scores[row] = given[u]!));
}
