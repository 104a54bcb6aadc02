import type { SplitClient } from "@atoll/core/data";
import { membershipOf, rocOf, type AttackScores } from "@atoll/core/privacy";
import { streamOf } from "@atoll/core/random";
import type { MembershipResult } from "./result.ts";
import type { AttackedRows } from "./rows.ts";

/** Scores of a client's attacked rows, [members, then non-members]; NaN: no label is known, left out. */
export function scoresOf(scores: Float64Array, { members }: AttackedRows): AttackScores {
  const known = (values: Float64Array) => values.filter((value) => !Number.isNaN(value));
  return {
    members: known(scores.subarray(0, members.length)),
    nonMembers: known(scores.subarray(members.length)),
  };
}

/** What the scores of an attack give away; undefined where a client has too few rows of a kind. */
export function membershipResult(
  scores: AttackScores,
  {
    delta,
    seed,
    path,
  }: { readonly delta: number; readonly seed: number; readonly path: readonly string[] },
): MembershipResult | undefined {
  if (scores.members.length < 2 || scores.nonMembers.length < 2) return undefined;
  const { auc, accuracy, tprAt, ...rest } = membershipOf(scores, {
    delta,
    stream: streamOf(seed, "halves", ...path),
  });
  return { ...rest, auc, accuracy, tprAt: [...tprAt], roc: curveOf(scores) };
}

/** Points of a curve that are kept: as far apart as a plot of logarithms can show. */
const STEP = 10 ** (1 / 30);

function curveOf(scores: AttackScores): [number, number][] {
  const { fpr, tpr } = rocOf(scores);
  const points: [number, number][] = [];
  for (let i = 0; i < fpr.length; i++) {
    const last = points.at(-1);
    const isLast = i === fpr.length - 1;
    const isApart =
      last === undefined || fpr[i]! > last[0] * STEP || tpr[i]! > Math.max(last[1] * STEP, 1e-6);
    // Of points with the same false positives, the one with the most true ones.
    if (last !== undefined && fpr[i] === last[0]) last[1] = tpr[i]!;
    else if (isApart || isLast) points.push([fpr[i]!, tpr[i]!]);
  }
  return points.map(([x, y]) => [round(x), round(y)]);
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

/** Clients of a party, by name. */
export function clientsOf(
  names: readonly string[],
  splits: readonly SplitClient[],
): readonly SplitClient[] {
  return splits.filter(({ client }) => names.includes(client));
}
