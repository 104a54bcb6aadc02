import type { AccountantName, Uses } from "@atoll/core/privacy";
import type { EpsilonCurve } from "../../report/index.ts";
import { answerOf, type Answer } from "./side-by-side.ts";
import { isSampled, unamplified } from "./steps.ts";

/** Places at which a curve is worked out. */
const POINTS = 24;

/** Epsilon by steps, in the order in which they are given: a line per accountant, dashed without amplification. */
export function curvesOfSteps(
  uses: readonly Uses[],
  { delta, names }: { readonly delta: number; readonly names: readonly AccountantName[] },
): EpsilonCurve[] {
  const total = uses.reduce((sum, { count }) => sum + count, 0);
  const places = [
    ...new Set(Array.from({ length: POINTS }, (_, i) => Math.ceil(((i + 1) * total) / POINTS))),
  ];
  const curve = (name: AccountantName, own: readonly Uses[]) =>
    places.flatMap((place) => pointOf(place, answerOf(name, firstOf(own, place), delta)));
  return names.flatMap((name, i) => {
    const one = { colour: 1 + i, points: curve(name, uses) };
    const other = { colour: 1 + i, points: curve(name, unamplified(uses)) };
    return [
      { name, dashed: false, ...one },
      ...(isSampled(uses) ? [{ name: `${name}, not amplified`, dashed: true, ...other }] : []),
    ].filter(({ points }) => points.length > 0);
  });
}

function pointOf(place: number, answer: Answer): (readonly [number, number])[] {
  return answer.kind === "epsilon" ? [[place, answer.value]] : [];
}

/** The first so many steps. */
export function firstOf(uses: readonly Uses[], steps: number): Uses[] {
  let left = steps;
  return uses.flatMap(({ mechanism, count }) => {
    const own = Math.min(count, left);
    left -= own;
    return own > 0 ? [{ mechanism, count: own }] : [];
  });
}
