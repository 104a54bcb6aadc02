import { encode, FIRST_VALUE_ROW, rowsOfFeature, selectTask } from "../../../data/index.ts";
import { AtollError } from "../../../errors/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import type { MethodSettings } from "../../types.ts";

/** Items with training positives. */
export interface TrainedItems {
  /** Ascending, as `CollaborativeVectors` numbers items. */
  readonly numbers: Int32Array;
  /** Raw values, the same in every party. */
  readonly values: readonly string[];
}

/** A party's items with training positives. What validation and test rows hold plays no part. */
export function trainedItems(context: ClientContext, settings: MethodSettings): TrainedItems {
  const { data: all, encoder } = encode(context.splits, { minCount: 1, common: settings.common });
  const { train, schema } = selectTask(all, settings.training.task);
  const vocabulary = encoder.vocabularies["item"];
  if (vocabulary === undefined)
    throw new AtollError(
      "METHOD_NEEDS_ITEM",
      `client "${context.name}": anchors are items that several clients hold, but items here are ${
        schema.categorical.some(({ name }) => name === "item")
          ? "hashed, so that two of them may look as one; take hash off the feature item"
          : "unknown, as no column has the role item; name one in data.columns.item"
      }, or set alignment.anchors to false`,
    );
  const rows = rowsOfFeature(train, schema, "item");
  const positive = new Uint8Array(FIRST_VALUE_ROW + vocabulary.length);
  rows.forEach((row, i) => {
    if (train.label[i] === 1) positive[row] = 1;
  });
  const found = vocabulary
    .map((value, i) => ({ value, number: i + 1 }))
    .filter((_, i) => positive[FIRST_VALUE_ROW + i] === 1);
  return {
    numbers: Int32Array.from(found, ({ number }) => number),
    values: found.map(({ value }) => value),
  };
}
