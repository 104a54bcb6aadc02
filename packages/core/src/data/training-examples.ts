import type { EncodedClient } from "./encoded-client.ts";
import type { EncodedRows, Examples, ItemPool, TrainingData } from "./examples.ts";
import { joinInts } from "./histories.ts";
import { itemColumns, ONLY_TASK } from "./schema.ts";

/** Rows of a client with their own labels and users. */
export function examplesAt({ split, rows, offset }: EncodedClient, at: Int32Array): Examples {
  const { label, furtherLabels, user, tasks } = split;
  const T = tasks.length;
  const labels = new Float32Array(at.length * T);
  for (let i = 0; i < at.length; i++) {
    labels[i * T] = label[at[i]!]!;
    for (let t = 1; t < T; t++) labels[i * T + t] = furtherLabels[t - 1]![at[i]!]!;
  }
  return {
    numRows: at.length,
    rows,
    at: offset === 0 ? at : at.map((row) => row + offset),
    ...(split.weight && { weight: Float32Array.from(at, (row) => split.weight![row]!) }),
    ...((T > 1 || tasks[0] !== ONLY_TASK) && { tasks }),
    label: labels,
    user: at.map((row) => user[row]!),
  };
}

/** All clients' training rows, one client after another, and what their negatives are drawn from. */
export function trainingExamples(
  clients: readonly EncodedClient[],
): Pick<TrainingData, "train" | "negatives"> {
  const parts = clients.map((client) => {
    const part = examplesAt(client, client.split.train);
    // Nobody asks for the users of training rows on disk, which are many.
    return client.split.stored === undefined ? part : { ...part, user: new Int32Array(0) };
  });
  const { rows, tasks } = parts[0]!;
  const numRows = parts.reduce((sum, part) => sum + part.numRows, 0);
  const [first] = parts;
  const label =
    parts.length === 1
      ? first!.label
      : new Float32Array(parts.reduce((sum, part) => sum + part.label.length, 0));
  const poolOfRow = new Uint16Array(clients[0]!.split.sampling === undefined ? 0 : numRows);
  let row = 0;
  let entry = 0;
  parts.forEach((part, p) => {
    if (part.label !== label) label.set(part.label, entry);
    poolOfRow.fill(p, row, row + part.numRows);
    row += part.numRows;
    entry += part.label.length;
  });
  const weighted = parts.some(({ weight }) => weight !== undefined);
  const weight = new Float32Array(weighted ? numRows : 0).fill(1);
  let from = 0;
  for (const part of parts) {
    if (part.weight) weight.set(part.weight, from);
    from += part.numRows;
  }
  const train: Examples = {
    numRows,
    rows,
    at: joinInts(parts.map((part) => part.at)),
    ...(tasks && { tasks }),
    ...(weighted && { weight }),
    label,
    user: joinInts(parts.map((part) => part.user)),
  };
  const { sampling } = clients[0]!.split;
  if (sampling === undefined) return { train };
  return {
    train,
    negatives: { ratio: sampling.ratio, pools: clients.map(poolOf), poolOfRow },
  };
}

function poolOf({ split, schema, rows, offset }: EncodedClient): ItemPool {
  const { rowOfItem, excludedOffsets, excludedItems, draw } = split.sampling!;
  const columns = itemColumns(schema);
  const at = rowOfItem.map((row) => row + offset);
  return {
    numItems: rowOfItem.length,
    categorical: take(
      rows,
      "categorical",
      columns.categorical,
      at,
      new Int32Array(at.length * columns.categorical.length),
    ),
    numeric: take(
      rows,
      "numeric",
      columns.numeric,
      at,
      new Float32Array(at.length * columns.numeric.length),
    ),
    excludedOffsets,
    excludedItems,
    ...(draw && { draw }),
  };
}

/** The named columns of some rows, row-major. */
function take<T extends Int32Array | Float32Array>(
  rows: EncodedRows,
  kind: "categorical" | "numeric",
  columns: Int32Array,
  at: Int32Array,
  out: T,
): T {
  const values = rows[kind];
  const width = values.length / rows.numRows;
  for (let i = 0; i < at.length; i++)
    for (let c = 0; c < columns.length; c++)
      out[i * columns.length + c] = values[at[i]! * width + columns[c]!]!;
  return out;
}
