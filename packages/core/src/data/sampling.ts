import { AtollError } from "../errors/index.ts";
import { streamOf } from "../random/index.ts";
import { drawCandidates } from "./candidates.ts";
import { negativesConfig } from "./config.ts";
import type { Indexed } from "./index-values.ts";
import { itemsOfUser, type ItemsOfUser } from "./items-of-user.ts";
import type { Candidates, RoleColumn, SplitSampling } from "./prepare-types.ts";
import type { Roles } from "./roles.ts";
import type { SplitRules } from "./rules.ts";
import type { Parts } from "./split/split.ts";

interface SamplingInputs {
  readonly rules: SplitRules;
  readonly roles: Roles;
  readonly parts: Parts;
  readonly user: Indexed;
  readonly item: Indexed;
  /** Rows of the raw table that are no positives. */
  readonly dropped: Int32Array;
  readonly seed: number;
}

/** Fixes whom training never draws, and draws what evaluation ranks. */
export function prepareSampling(inputs: SamplingInputs): {
  readonly sampling: SplitSampling;
  readonly notes: readonly string[];
} {
  const { rules, parts, user, item, seed } = inputs;
  const { client } = rules;
  const { training, evaluation } = rules.negatives ?? negativesConfig.parse({});
  const disliked = pairsOf(inputs);
  const withDisliked = (rows: Int32Array): ItemsOfUser =>
    itemsOfUser(user.count, [
      { user: rows.map((row) => user.index[row]!), item: rows.map((row) => item.index[row]!) },
      disliked,
    ]);
  const everyRow = Int32Array.from(item.index, (_, row) => row);
  const all = withDisliked(everyRow);
  const excluded = training.exclude === "all" ? all : withDisliked(parts.train);
  const draw = (part: "valid" | "test") =>
    drawCandidates(parts[part], {
      user: user.index,
      known: all,
      numItems: item.count,
      count: evaluation.count,
      random: streamOf(seed, client, "candidates", part),
    });
  const validCandidates = draw("valid");
  const testCandidates = draw("test");
  for (const [part, { items }] of [
    ["validation", validCandidates],
    ["test", testCandidates],
  ] as const)
    if (items.length === 0)
      throw new AtollError(
        "DATA_NO_CANDIDATES",
        `client "${client}": every user of a ${part} row knows all of the client's ${item.count} items, so nothing is left to rank a positive against; give more items or remove the client`,
      );

  const rowOfItem = new Int32Array(item.count);
  // The latest training row describes an item best; an item without one is described by its last row.
  for (const row of everyRow) rowOfItem[item.index[row]!] = row;
  for (const row of parts.train) rowOfItem[item.index[row]!] = row;
  const notes = [
    ...shortLists("validation", validCandidates, evaluation.count, item.count),
    ...shortLists("test", testCandidates, evaluation.count, item.count),
    ...withoutNegatives(excluded, parts.train, user, item.count),
    ...changingFeatures(inputs),
  ];
  return {
    sampling: {
      item: item.index,
      rowOfItem,
      ratio: training.ratio,
      excludedOffsets: excluded.offsets,
      excludedItems: excluded.items,
      validCandidates,
      testCandidates,
    },
    notes,
  };
}

/** Pairs that are no positives; users and items without any positive are not in the data. */
function pairsOf({ roles, user, item, dropped }: SamplingInputs) {
  const users: number[] = [];
  const items: number[] = [];
  for (const row of dropped) {
    const u = user.indexOfCode[roles.user!.codes[row]!]!;
    const i = item.indexOfCode[roles.item!.codes[row]!]!;
    if (u < 0 || i < 0) continue;
    users.push(u);
    items.push(i);
  }
  return { user: users, item: items };
}

function shortLists(
  part: string,
  { offsets }: Candidates,
  count: number,
  numItems: number,
): string[] {
  const numLists = offsets.length - 1;
  let short = 0;
  let fewest = count;
  for (let list = 0; list < numLists; list++) {
    const size = offsets[list + 1]! - offsets[list]!;
    if (size < count) short += 1;
    fewest = Math.min(fewest, size);
  }
  return short === 0
    ? []
    : [
        `${short} of ${numLists} ${part} lists have fewer than ${count} candidates (fewest: ${fewest}), as the client has only ${numItems} items`,
      ];
}

function withoutNegatives(
  excluded: ItemsOfUser,
  train: Int32Array,
  user: Indexed,
  numItems: number,
): string[] {
  const full = train.reduce((sum, row) => {
    const u = user.index[row]!;
    return sum + (excluded.offsets[u + 1]! - excluded.offsets[u]! === numItems ? 1 : 0);
  }, 0);
  return full === 0
    ? []
    : [
        `${full} of ${train.length} training rows get no negatives: their users know all ${numItems} items`,
      ];
}

/** Candidates carry an item's features from one row: a reader must know where rows disagree. */
function changingFeatures({ roles, item }: SamplingInputs): string[] {
  const notes: string[] = [];
  const changes = ({ column }: RoleColumn) => {
    const entries = column.kind === "text" ? column.codes : column.values;
    const first = new Map<number, number>();
    const changing = new Set<number>();
    roles.item!.codes.forEach((code, row) => {
      const i = item.indexOfCode[code]!;
      if (i < 0) return;
      if (!first.has(i)) first.set(i, entries[row]!);
      else if (!Object.is(first.get(i), entries[row])) changing.add(i);
    });
    return changing.size;
  };
  for (const feature of [...roles.categorical, ...roles.numeric]) {
    if (feature.of !== "item" || feature.name === "item") continue;
    const count = changes(feature);
    if (count > 0)
      notes.push(
        `${count} of ${item.count} items change their ${feature.name} between rows: negatives and candidates carry that of the item's latest training row`,
      );
  }
  return notes;
}
