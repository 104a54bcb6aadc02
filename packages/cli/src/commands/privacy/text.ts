import type { Uses } from "@atoll/core/privacy";

/** Epsilon for JSON, which has no infinity. */
export function epsilonInJson(epsilon: number): number | "infinity" {
  return epsilon === Infinity ? "infinity" : epsilon;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Steps in words.
 *
 * @example
 * usesText({ mechanism: { kind: "laplace", noiseMultiplier: 2 }, count: 1 }) // "1 step, noise multiplier 2"
 */
export function usesText({ mechanism, count }: Uses): string {
  const rate =
    mechanism.kind !== "gaussian"
      ? ""
      : mechanism.samplingRate === 1
        ? ", no sampling"
        : `, sampling rate ${mechanism.samplingRate}`;
  return `${counted(count, "step")}, noise multiplier ${mechanism.noiseMultiplier}${rate}`;
}
