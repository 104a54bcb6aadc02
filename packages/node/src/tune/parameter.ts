import { uniform, uniformBelow, type RandomStream } from "@atoll/core/random";
import type { ParameterConfig } from "./config.ts";

/** What a setting may hold: plain JSON. */
export type SettingValue = Extract<ParameterConfig, { values: unknown }>["values"][number];

/** A parameter of the space with the path it sets. */
export interface Parameter {
  /** As the tune file writes it. */
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly config: ParameterConfig;
}

/**
 * One draw. A list: each value equally likely. A range, with u uniform on [0, 1):
 *
 *   linear: low + u (high - low);    log: low (high / low)^u.
 *
 * written with four digits (linear: of the range), which is more than any search can tell apart. Whole
 * numbers: linear, each from low to high equally likely; log, the rounded draw between low - 1/2 and
 * high + 1/2, so that the two ends have their full share.
 */
export function drawValue({ config }: Parameter, stream: RandomStream): SettingValue {
  if ("values" in config) return config.values[uniformBelow(stream, config.values.length)]!;
  const { low, high, scale, integer } = config;
  if (integer && scale === "linear")
    return low + Math.min(high - low, Math.floor(uniform(stream) * (high - low + 1)));
  const margin = integer ? 0.5 : 0;
  const value = between(low - margin, high + margin, uniform(stream), scale);
  return clamp(integer ? Math.round(value) : shortened(value, low, high, scale), low, high);
}

/** Four digits of the number itself, or on a linear scale of its place in the range. */
function shortened(value: number, low: number, high: number, scale: "linear" | "log"): number {
  if (scale === "log") return Number(value.toPrecision(4));
  const step = 10 ** (Math.floor(Math.log10(high - low)) - 4);
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/**
 * The values that a grid takes: a list as it is; of a range, `steps` values at equal distances (log: equal
 * ratios) from low to high. Whole numbers are rounded, and equal ones stand once.
 */
export function gridValues({ config }: Parameter): readonly SettingValue[] {
  if ("values" in config) return config.values;
  const { low, high, scale, integer, steps = 2 } = config;
  const values = Array.from({ length: steps }, (_, i) => {
    if (i === 0) return low;
    if (i === steps - 1) return high;
    const value = between(low, high, i / (steps - 1), scale);
    // Twelve digits tell 0.3 from 0.30000000000000004, and no reader wants to.
    return integer ? Math.round(value) : Number(value.toPrecision(12));
  });
  return [...new Set(values)];
}

function between(low: number, high: number, share: number, scale: "linear" | "log"): number {
  return scale === "linear" ? low + share * (high - low) : low * (high / low) ** share;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
