import { AtollError, nearest } from "../errors/index.ts";
import type { Indexed } from "./index-values.ts";
import { holds, itemsOf, itemsOfUser, type ItemsOfUser, type Pairs } from "./items-of-user.ts";
import type { TrainingSampler } from "./negatives-config.ts";
import type { TrainingDraw } from "./prepare-types.ts";
import type { TextColumn } from "./roles.ts";
import type { RawTable } from "./table.ts";
import { numFreeOf, weightedItems } from "./weighted.ts";

export interface DrawInputs {
  readonly client: string;
  readonly table: RawTable;
  /** Raw row of each kept row. */
  readonly rows: Int32Array;
  /** Kept rows that train. */
  readonly train: Int32Array;
  readonly user: Indexed;
  readonly item: Indexed;
  /** The column with the item ids. */
  readonly ids: TextColumn;
  /** What is never drawn for a user. */
  readonly excluded: ItemsOfUser;
  /** The positives among them. */
  readonly chosen: ItemsOfUser;
  /** Pairs below the label's threshold. */
  readonly disliked: Pairs;
}

interface Prepared {
  readonly draw?: TrainingDraw;
  readonly notes: readonly string[];
}

/** What a sampler needs to know of a client's rows; nothing where it is uniform. */
export function trainingDraw(sampler: TrainingSampler, inputs: DrawInputs): Prepared {
  switch (sampler.kind) {
    case "uniform":
      return { notes: [] };
    case "popularity":
      return { draw: byPopularity(inputs, sampler.alpha), notes: [] };
    case "in-batch":
      // The items of a batch's other positives are those of training rows drawn at random.
      return { draw: byPopularity(inputs, 1), notes: [] };
    case "given":
      return sampler.column === undefined
        ? belowThreshold(inputs)
        : listedIn(sampler.column, sampler.separator, inputs);
  }
}

/** [numItems], the number of an item's training rows to the power alpha. */
export function popularityWeights(
  { index, count }: Indexed,
  train: Int32Array,
  alpha: number,
): Float64Array {
  const weights = new Float64Array(count);
  for (const row of train) weights[index[row]!]! += 1;
  return weights.map((rows) => rows ** alpha);
}

function byPopularity({ item, train, user, excluded }: DrawInputs, alpha: number): TrainingDraw {
  const weights = popularityWeights(item, train, alpha);
  const weighted = weightedItems(weights);
  const numFree = Int32Array.from({ length: user.count }, (_, u) =>
    numFreeOf(weighted, itemsOf(excluded, u)),
  );
  return { kind: "weighted", weights, numFree };
}

/** The user's own rows below the threshold, but for items that the user chose at another time. */
function belowThreshold({ client, disliked, chosen, user, train }: DrawInputs): Prepared {
  const kept = pairsWhere(disliked, (u, i) => !holds(itemsOf(chosen, u), i));
  const lists = itemsOfUser(user.count, [kept]);
  if (lists.items.length === 0)
    throw new AtollError(
      "DATA_NO_NEGATIVES",
      `client "${client}": negatives.training.sampler given takes a user's rows below the label's threshold, and no user has one; give data.columns.label with atLeast, name a column with sampler: { kind: given, column: ... }, or choose another sampler`,
    );
  return {
    draw: { kind: "given", listOfRow: train.map((row) => user.index[row]!), ...lists },
    notes: [],
  };
}

/** The ids that a column lists with each row, but for unknown ones and for items that the user chose. */
function listedIn(name: string, separator: string, inputs: DrawInputs): Prepared {
  const { client, rows, train, user, item, ids, chosen } = inputs;
  const column = listColumn(name, inputs);
  const indexOfId = new Map(ids.values.map((id, code) => [id, item.indexOfCode[code]!]));
  // A list is parsed once for all rows that carry it; -1 stands for an id without an item.
  const parsed = column.values.map((list) =>
    list
      .split(separator)
      .filter((id) => id !== "")
      .map((id) => indexOfId.get(id) ?? -1),
  );
  const entries = { list: [] as number[], item: [] as number[] };
  let unknown = 0;
  let ofUser = 0;
  train.forEach((row, list) => {
    const own = itemsOf(chosen, user.index[row]!);
    for (const candidate of parsed[column.codes[rows[row]!]!] ?? [])
      if (candidate < 0) unknown += 1;
      else if (holds(own, candidate)) ofUser += 1;
      else {
        entries.list.push(list);
        entries.item.push(candidate);
      }
  });
  if (entries.item.length === 0)
    throw new AtollError(
      "DATA_NO_NEGATIVES",
      `client "${client}": column "${name}" lists no item that could be a negative of a training row (${unknown} ids are no item of a positive row, ${ofUser} are the user's own); check negatives.training.sampler.separator ("${separator}") and the column, or choose another sampler`,
    );
  const lists = itemsOfUser(train.length, [{ user: entries.list, item: entries.item }]);
  return {
    draw: { kind: "given", listOfRow: Int32Array.from(train, (_, list) => list), ...lists },
    notes:
      unknown + ofUser === 0
        ? []
        : [
            `of the negatives that column "${name}" lists for training rows, ${unknown} are items without a positive row and ${ofUser} the user's own items: neither is used`,
          ],
  };
}

function listColumn(name: string, { client, table }: DrawInputs): TextColumn {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column === undefined) {
    const existing = Object.keys(table.columns);
    const close = nearest(name, existing);
    throw new AtollError(
      "DATA_MISSING_COLUMN",
      `client "${client}": no column "${name}" for negatives.training.sampler.column${close ? `; did you mean "${close}"?` : ""}; there are: ${existing.join(", ")}`,
    );
  }
  if (column.kind !== "text")
    throw new AtollError(
      "DATA_COLUMN_TYPE",
      `client "${client}": column "${name}" holds ${column.kind} values, negatives.training.sampler.column needs text values; name another column, or have the file read it as text`,
    );
  return column;
}

function pairsWhere(pairs: Pairs, keep: (user: number, item: number) => boolean): Pairs {
  const kept = { user: [] as number[], item: [] as number[] };
  for (let i = 0; i < pairs.user.length; i++)
    if (keep(pairs.user[i]!, pairs.item[i]!)) {
      kept.user.push(pairs.user[i]!);
      kept.item.push(pairs.item[i]!);
    }
  return kept;
}
