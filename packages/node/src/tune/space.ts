import { streamOf } from "@atoll/core/random";
import type { StrategyConfig } from "./config.ts";
import { drawValue, gridValues, type Parameter, type SettingValue } from "./parameter.ts";

/** One point of the space: a value for every parameter, by the parameter's name. */
export type Setting = Readonly<Record<string, SettingValue>>;

/** Draws that may repeat an earlier setting before the space counts as used up. */
const ATTEMPTS = 100;

/** Every setting that the strategy starts with, in its order. */
export function settingsOf(parameters: readonly Parameter[], strategy: StrategyConfig): Setting[] {
  switch (strategy.kind) {
    case "grid":
      return gridSettings(parameters);
    case "random":
    case "successive-halving":
      return randomSettings(parameters, strategy.trials, strategy.seed);
  }
}

/** The Cartesian product; the last parameter changes fastest. */
export function gridSettings(parameters: readonly Parameter[]): Setting[] {
  return parameters.reduce<Setting[]>(
    (settings, parameter) =>
      settings.flatMap((setting) =>
        gridValues(parameter).map((value) => ({ ...setting, [parameter.name]: value })),
      ),
    [{}],
  );
}

/**
 * Independent draws, no setting twice: one that repeats an earlier setting is drawn again, and where a
 * hundred draws bring nothing new, the space is used up and fewer settings are returned. The draws of
 * setting i belong to (seed, i), so asking for more settings keeps the first ones.
 */
export function randomSettings(
  parameters: readonly Parameter[],
  count: number,
  seed: number,
): Setting[] {
  const settings: Setting[] = [];
  const seen = new Set<string>();
  while (settings.length < count) {
    const stream = streamOf(seed, "tune", settings.length);
    let found: Setting | undefined;
    for (let attempt = 0; attempt < ATTEMPTS && found === undefined; attempt++) {
      const drawn = Object.fromEntries(
        parameters.map((parameter) => [parameter.name, drawValue(parameter, stream)]),
      );
      const key = JSON.stringify(drawn);
      if (seen.has(key)) continue;
      seen.add(key);
      found = drawn;
    }
    if (found === undefined) break;
    settings.push(found);
  }
  return settings;
}
