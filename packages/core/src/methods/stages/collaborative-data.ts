import {
  createBatch,
  encode,
  evaluationBatches,
  FIRST_VALUE_ROW,
  itemsOfUser,
  type Examples,
  type FeatureSchema,
  type TrainingData,
} from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { ClientContext, Scorer } from "../../federation/client-context.ts";
import { createArena } from "../../kernels/index.ts";
import type { Positives, Recommender } from "../../models/collaborative/index.ts";
import type { MethodSettings } from "../types.ts";

/** A client's training positives, and what else a collaborative method knows of its rows. */
export interface CollaborativeData {
  readonly data: TrainingData;
  readonly positives: Positives;
  /** Scores evaluation rows, as probabilities. */
  readonly scorerOf: (recommender: () => Recommender) => Scorer;
}

/**
 * Users and items are numbered by their table rows, so that what training rows do not hold is one user
 * and one item without positives, number 0: validation and test rows have no part in any number. Of
 * explicit feedback, rows with label 1 are the positives (of several labels, the first).
 */
export function collaborativeData(
  context: ClientContext,
  settings: MethodSettings,
  kind: string,
): CollaborativeData {
  // Rare items must not share a row here: they would share their neighbours.
  const { data } = encode(context.splits, { minCount: 1, common: settings.common });
  const { schema } = data;
  const sizeOf = (feature: string) =>
    schema.categorical.find(({ name }) => name === feature)?.numRows;
  const [userRows, itemRows] = [sizeOf("user"), sizeOf("item")];
  if (userRows === undefined)
    throw new AtollError(
      "METHOD_NEEDS_USER",
      `client "${context.name}": method ${kind} learns from what each user chose, but no column has the role user; name one in data.columns.user or remove the method`,
    );
  if (itemRows === undefined)
    throw new AtollError(
      "METHOD_NEEDS_ITEM",
      `client "${context.name}": method ${kind} ranks items, but no column has the role item; name one in data.columns.item or remove the method`,
    );
  const [numUsers, numItems] = [userRows - UNSEEN_ROW, itemRows - UNSEEN_ROW];
  const pairsOf = pairReader(schema);
  const rows = pairsOf(data.train);
  const chosen = [...rows.label.keys()].filter((row) => rows.label[row] === 1);
  const pairs = {
    user: chosen.map((row) => rows.user[row]!),
    item: chosen.map((row) => rows.item[row]!),
  };
  return {
    data,
    positives: { numUsers, numItems, ...itemsOfUser(numUsers, [pairs]) },
    scorerOf: (recommender) => ({
      score: async (examples) => {
        const { user, item } = pairsOf(examples);
        return recommender().score(user, item).map(sigmoid);
      },
    }),
  };
}

/** The table row of values out of vocabulary, which comes right before the first value. */
const UNSEEN_ROW = FIRST_VALUE_ROW - 1;

/** Examples that are read at a time. */
const BATCH = 4096;

/** Reads the user, the item and the first label of every example, through one batch for all calls. */
function pairReader(schema: FeatureSchema) {
  const batch = createBatch(schema, BATCH, createArena());
  const columns = batch.categorical.length / BATCH;
  const labels = batch.label.length / BATCH;
  const columnOf = (feature: string) => {
    let column = 0;
    for (const { name, length = 1 } of schema.categorical) {
      if (name === feature) return column;
      column += length;
    }
    throw new RangeError(`no feature "${feature}"`);
  };
  const [userColumn, itemColumn] = [columnOf("user"), columnOf("item")];
  return (examples: Examples) => {
    const user = new Int32Array(examples.numRows);
    const item = new Int32Array(examples.numRows);
    const label = new Float32Array(examples.numRows);
    let row = 0;
    for (const { numRows, ...filled } of evaluationBatches(examples, schema, batch))
      for (let at = 0; at < numRows; at++, row++) {
        user[row] = filled.categorical[at * columns + userColumn]! - UNSEEN_ROW;
        item[row] = filled.categorical[at * columns + itemColumn]! - UNSEEN_ROW;
        label[row] = filled.label[at * labels]!;
      }
    return { user, item, label };
  };
}

/**
 * Between 0 and 1 in the order of the scores, which is all that ranking metrics read. Nothing fits these
 * numbers to frequencies: log loss and calibration error of such a method are what they are.
 */
function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
