import {
  encode,
  FIRST_VALUE_ROW,
  itemsOfUser,
  rowsOfFeature,
  selectTask,
  type Encoder,
  type Examples,
  type FeatureSchema,
  type TrainingData,
} from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { ClientContext, Scorer } from "../../federation/client-context.ts";
import type { Positives, Recommender } from "../../models/collaborative/index.ts";
import type { MethodSettings } from "../types.ts";

/** A client's training positives, and what else a collaborative method knows of its rows. */
export interface CollaborativeData {
  readonly data: TrainingData;
  readonly encoder: Encoder;
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
  const { data: all, encoder } = encode(context.splits, { minCount: 1, common: settings.common });
  const data = selectTask(all, settings.training.task);
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
  const rows = pairsIn(data.train, schema);
  const chosen = [...data.train.label.keys()].filter((row) => data.train.label[row] === 1);
  const pairs = {
    user: chosen.map((row) => rows.user[row]!),
    item: chosen.map((row) => rows.item[row]!),
  };
  return {
    data,
    encoder,
    positives: { numUsers, numItems, ...itemsOfUser(numUsers, [pairs]) },
    scorerOf: (recommender) => ({
      score: async (examples) => {
        const { user, item } = pairsIn(examples, schema);
        return recommender().score(user, item).map(asProbability);
      },
    }),
  };
}

/** The table row of values out of vocabulary, which comes right before the first value: number 0. */
export const UNSEEN_ROW = FIRST_VALUE_ROW - 1;

/** The user and the item of every example, numbered. */
export function pairsIn(examples: Examples, schema: FeatureSchema) {
  const numbered = (feature: string) =>
    rowsOfFeature(examples, schema, feature).map((row) => row - UNSEEN_ROW);
  return { user: numbered("user"), item: numbered("item") };
}

/**
 * Between 0 and 1 in the order of the scores, which is all that ranking metrics read. Nothing fits these
 * numbers to frequencies: log loss and calibration error of such a method are what they are.
 */
export function asProbability(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
