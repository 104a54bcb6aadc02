import { roundedUp } from "@atoll/core/privacy";

/** Epsilon for a reader, rounded up: what is printed holds. `infinity` is no promise. */
export function epsilonText(epsilon: number | "infinity" | undefined): string {
  if (epsilon === undefined) return "-";
  return roundedUp(epsilon === "infinity" ? Infinity : epsilon);
}

/** Epsilon out of JSON, which has no infinity. */
export function epsilonOfJson(epsilon: number | "infinity"): number {
  return epsilon === "infinity" ? Infinity : epsilon;
}

/** Delta without the last digits that adding leaves. */
export function deltaText(delta: number): string {
  return String(Number(delta.toPrecision(12)));
}
