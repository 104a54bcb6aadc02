import { AtollError } from "../errors/index.ts";
import { streamOf } from "../random/index.ts";
import { drawCandidates } from "./candidates.ts";
import type { Indexed } from "./index-values.ts";
import { itemsOfUser, type ItemsOfUser } from "./items-of-user.ts";
import {
  evaluationSamplerOf,
  negativesConfig,
  trainingSamplerOf,
  type NegativesConfig,
} from "./negatives-config.ts";
import type { Candidates, RoleColumn, SplitSampling, TrainingDraw } from "./prepare-types.ts";
import type { Roles } from "./roles.ts";
import type { SplitRules } from "./rules.ts";
import type { Parts } from "./split/split.ts";
import type { RawTable } from "./table.ts";
import { popularityWeights, trainingDraw } from "./training-draw.ts";

interface SamplingInputs {
  readonly rules: SplitRules;
  readonly table: RawTable;
  readonly roles: Roles;
  /** Raw row of each kept row. */
  readonly rows: Int32Array;
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
  const { rules, table, rows, roles, parts, user, item } = inputs;
  const { client } = rules;
  const negatives = negativesConfig.parse(rules.negatives ?? {});
  const { training, evaluation } = negatives;
  const disliked = pairsOf(inputs);
  const pairsIn = (some: Int32Array) => ({
    user: some.map((row) => user.index[row]!),
    item: some.map((row) => item.index[row]!),
  });
  const everyRow = Int32Array.from(item.index, (_, row) => row);
  const learned = training.exclude === "all" ? everyRow : parts.train;
  const lists = (some: Int32Array) => itemsOfUser(user.count, [pairsIn(some), disliked]);
  const all = lists(everyRow);
  const trained = lists(parts.train);
  const excluded = training.exclude === "all" ? all : trained;
  const prepared = trainingDraw(trainingSamplerOf(negatives), {
    client,
    table,
    rows,
    train: parts.train,
    user,
    item,
    ids: roles.item!,
    excluded,
    chosen: itemsOfUser(user.count, [pairsIn(learned)]),
    disliked,
  });
  const candidates = drawLists(inputs, negatives, { all, trained });

  const rowOfItem = new Int32Array(item.count);
  // The latest training row describes an item best; an item without one is described by its last row.
  for (const row of everyRow) rowOfItem[item.index[row]!] = row;
  for (const row of parts.train) rowOfItem[item.index[row]!] = row;
  const notes = [
    ...prepared.notes,
    ...shortLists("validation", candidates.valid, evaluation.count, item.count),
    ...shortLists("test", candidates.test, evaluation.count, item.count),
    ...withoutNegatives(excluded, prepared.draw, parts.train, user, item.count),
    ...changingFeatures(inputs),
  ];
  return {
    sampling: {
      item: item.index,
      rowOfItem,
      ratio: training.ratio,
      ...(prepared.draw && { draw: prepared.draw }),
      excludedOffsets: excluded.offsets,
      excludedItems: excluded.items,
      validCandidates: candidates.valid,
      testCandidates: candidates.test,
    },
    notes,
  };
}

/** The fixed candidates of every held-out row. */
function drawLists(
  { rules: { client }, parts, user, item, seed }: SamplingInputs,
  negatives: NegativesConfig,
  known: { readonly all: ItemsOfUser; readonly trained: ItemsOfUser },
): { readonly valid: Candidates; readonly test: Candidates } {
  const { count, exclude, distinct } = negatives.evaluation;
  const sampler = evaluationSamplerOf(negatives);
  const excluded = {
    all: known.all,
    train: known.trained,
    none: itemsOfUser(user.count, []),
  }[exclude];
  const weights =
    sampler.kind === "popularity" ? popularityWeights(item, parts.train, sampler.alpha) : undefined;
  const draw = (part: "valid" | "test", word: string) => {
    const candidates = drawCandidates(parts[part], {
      client,
      user: user.index,
      item: item.index,
      excluded,
      numItems: item.count,
      count,
      distinct,
      weights,
      random: streamOf(seed, client, "candidates", part),
    });
    if (candidates.items.length === 0)
      throw new AtollError(
        "DATA_NO_CANDIDATES",
        `client "${client}": every user of a ${word} row knows all of the client's ${item.count} items, so nothing is left to rank a positive against; give more items or remove the client`,
      );
    return candidates;
  };
  return { valid: draw("valid", "validation"), test: draw("test", "test") };
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
  count: number | "all",
  numItems: number,
): string[] {
  if (count === "all") return [];
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
  draw: TrainingDraw | undefined,
  train: Int32Array,
  user: Indexed,
  numItems: number,
): string[] {
  const numFree = (row: number, i: number) => {
    const u = user.index[row]!;
    if (draw === undefined) return numItems - (excluded.offsets[u + 1]! - excluded.offsets[u]!);
    if (draw.kind === "weighted") return draw.numFree[u]!;
    const list = draw.listOfRow[i]!;
    return draw.offsets[list + 1]! - draw.offsets[list]!;
  };
  const none = train.reduce((sum, row, i) => sum + (numFree(row, i) === 0 ? 1 : 0), 0);
  const why =
    draw === undefined
      ? `their users know all ${numItems} items`
      : draw.kind === "weighted"
        ? "their users know every item that has training rows"
        : "the data give none";
  return none === 0 ? [] : [`${none} of ${train.length} training rows get no negatives: ${why}`];
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
