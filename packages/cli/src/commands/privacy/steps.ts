import type { Uses } from "@atoll/core/privacy";
import type { Checks, NumberName } from "./numbers.ts";

const keys: Readonly<Record<string, NumberName>> = {
  q: "samplingRate",
  z: "noiseMultiplier",
  steps: "steps",
};

/**
 * Steps of one kind as a flag names them: `q=0.01,z=1.1,steps=1000`. Only z has to be there: q is 1 and steps is
 * 1 by default.
 */
export function stepsOf(text: string, checks: Checks): Uses {
  const where = `--step "${text}"`;
  const values = new Map<NumberName, number>();
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    const key = part.slice(0, Math.max(0, equals)).trim();
    const name = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (name === undefined || values.has(name))
      checks.problem(
        `${where}: "${part}" is ${name === undefined ? "none of q=, z= and steps=" : "there twice"}`,
      );
    else values.set(name, checks.number(part.slice(equals + 1), name, where));
  }
  if (!values.has("noiseMultiplier"))
    checks.problem(`${where}: z=, the noise multiplier, is missing`);
  return gaussianUses({
    samplingRate: values.get("samplingRate") ?? 1,
    noiseMultiplier: values.get("noiseMultiplier") ?? NaN,
    steps: values.get("steps") ?? 1,
  });
}

export function gaussianUses({
  samplingRate,
  noiseMultiplier,
  steps,
}: {
  readonly samplingRate: number;
  readonly noiseMultiplier: number;
  readonly steps: number;
}): Uses {
  return { mechanism: { kind: "gaussian", noiseMultiplier, samplingRate }, count: steps };
}

/** The same steps against whoever sees which units each of them took. */
export function unamplified(uses: readonly Uses[]): Uses[] {
  return uses.map(({ mechanism, count }) => ({
    mechanism: mechanism.kind === "gaussian" ? { ...mechanism, samplingRate: 1 } : mechanism,
    count,
  }));
}

export function isSampled(uses: readonly Uses[]): boolean {
  return uses.some(({ mechanism }) => mechanism.kind === "gaussian" && mechanism.samplingRate < 1);
}
