import { featuresAt, itemFeaturesAt, type Encoder } from "./encoder.ts";
import type { Examples, ItemPool, TrainingData } from "./examples.ts";

/** Encoded rows with their own label and user. */
export function examplesAt(encoder: Encoder, rows: Int32Array): Examples {
  const { label, user } = encoder.split;
  return {
    numRows: rows.length,
    ...featuresAt(encoder, rows),
    label: Float32Array.from(rows, (row) => label[row]!),
    user: rows.map((row) => user[row]!),
  };
}

/** All clients' training rows, one client after another, and what their negatives are drawn from. */
export function trainingExamples(
  encoders: readonly Encoder[],
): Pick<TrainingData, "train" | "negatives"> {
  const { schema, split } = encoders[0]!;
  const parts = encoders.map((encoder) => examplesAt(encoder, encoder.split.train));
  const numRows = parts.reduce((sum, part) => sum + part.numRows, 0);
  const train = {
    numRows,
    categorical: new Int32Array(numRows * schema.categorical.length),
    numeric: new Float32Array(numRows * schema.numeric.length),
    label: new Float32Array(numRows),
    user: new Int32Array(numRows),
  };
  const poolOfRow = new Uint16Array(numRows);
  let at = 0;
  parts.forEach((part, p) => {
    train.categorical.set(part.categorical, at * schema.categorical.length);
    train.numeric.set(part.numeric, at * schema.numeric.length);
    train.label.set(part.label, at);
    train.user.set(part.user, at);
    poolOfRow.fill(p, at, at + part.numRows);
    at += part.numRows;
  });
  if (split.sampling === undefined) return { train };
  return {
    train,
    negatives: { ratio: split.sampling.ratio, pools: encoders.map(poolOf), poolOfRow },
  };
}

function poolOf(encoder: Encoder): ItemPool {
  const { rowOfItem, excludedOffsets, excludedItems } = encoder.split.sampling!;
  return {
    numItems: rowOfItem.length,
    ...itemFeaturesAt(encoder, rowOfItem),
    excludedOffsets,
    excludedItems,
  };
}
