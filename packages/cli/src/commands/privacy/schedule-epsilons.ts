import { accountants, decaying, type AccountantName, type Uses } from "@atoll/core/privacy";
import { gaussianUses } from "./steps.ts";

export interface ScheduleSettings {
  /** Of the first round. */
  readonly noiseMultiplier: number;
  readonly decay: number;
  readonly leastNoise: number;
  readonly rounds: number;
  readonly samplingRate: number;
  readonly delta: number;
  /** Not pld: hundreds of different rounds, each with all before it, would take minutes. */
  readonly accountant: Exclude<AccountantName, "pld">;
}

/** What was spent after a round. */
export interface RoundEpsilon {
  /** Of this round. */
  readonly noiseMultiplier: number;
  readonly epsilon: number;
  /** The same where nothing is sampled. */
  readonly unamplified: number;
}

export interface Schedule extends Omit<ScheduleSettings, "rounds"> {
  readonly sampled: boolean;
  readonly epsilons: readonly RoundEpsilon[];
}

/** Epsilon after each round, with and without amplification. */
export function scheduleOf({ rounds, ...settings }: ScheduleSettings): Schedule {
  const { noiseMultiplier, decay, leastNoise, samplingRate, delta } = settings;
  const noiseOf = decaying({ first: noiseMultiplier, decay, least: leastNoise });
  const { epsilon } = accountants[settings.accountant];
  const sampled = samplingRate < 1;
  const amplified: Uses[] = [];
  const plain: Uses[] = [];
  const epsilons = Array.from({ length: rounds }, (_, round): RoundEpsilon => {
    const noise = noiseOf(round);
    amplified.push(gaussianUses({ samplingRate, noiseMultiplier: noise, steps: 1 }));
    plain.push(gaussianUses({ samplingRate: 1, noiseMultiplier: noise, steps: 1 }));
    const spent = epsilon(amplified, delta);
    return {
      noiseMultiplier: noise,
      epsilon: spent,
      unamplified: sampled ? epsilon(plain, delta) : spent,
    };
  });
  return { ...settings, sampled, epsilons };
}

/** After how many rounds a cap stops it; undefined without a cap. Epsilon never falls. */
export function stopOf(
  epsilons: readonly RoundEpsilon[],
  name: "epsilon" | "unamplified",
  cap: number | undefined,
): number | undefined {
  if (cap === undefined) return undefined;
  const over = epsilons.findIndex((entry) => entry[name] > cap);
  return over === -1 ? epsilons.length : over;
}
