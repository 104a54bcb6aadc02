import type { Trial, TuneResult } from "@atoll/node/tune";
import { linearScale } from "../charts/scale.ts";

type ParameterConfig = TuneResult["parameters"][string];
type Value = Trial["values"][string];

/** An axis of any kind of parameter. */
export interface Axis {
  readonly at: (value: Value) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** Room at both ends of a list of words. */
const MARGIN = 0.5;
/** A longer word would run into its neighbour. */
const LONGEST = 12;

/**
 * A parameter's value for a reader: four digits of a number, words as they are, anything else as JSON.
 *
 * @example
 * parameterText(0.00123456) // "0.001235"
 */
export function parameterText(value: Value | undefined): string {
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** A range as its own scale says; a list as equally distant words, in the list's order. */
export function parameterAxis(
  config: ParameterConfig,
  range: readonly [from: number, to: number],
): Axis {
  if ("values" in config) return wordAxis(config.values, range);
  const { low, high, scale } = config;
  return scale === "log"
    ? logAxis(low, high, range)
    : numberAxis(linearScale([low, high], range, 4));
}

function numberAxis(scale: ReturnType<typeof linearScale>): Axis {
  return {
    at: (value) => scale.at(Number(value)),
    ticks: scale.ticks.map((tick) => ({ at: scale.at(tick), label: parameterText(tick) })),
  };
}

function wordAxis(values: readonly Value[], [from, to]: readonly [number, number]): Axis {
  const texts = values.map((value) => JSON.stringify(value));
  const step = (to - from) / (values.length - 1 + 2 * MARGIN);
  const at = (index: number) => from + (index + MARGIN) * step;
  return {
    at: (value) => at(texts.indexOf(JSON.stringify(value))),
    ticks: values.map((value, i) => {
      const text = parameterText(value);
      return {
        at: at(i),
        label: text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text,
      };
    }),
  };
}

/** Powers of ten, or 1, 2 and 5 times them where the range holds fewer than two. */
function logAxis(low: number, high: number, range: readonly [number, number]): Axis {
  const logs = linearScale([Math.log10(low), Math.log10(high)], range);
  const at = (value: Value) => logs.at(Math.log10(Number(value)));
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    powers.push(power);
  const within = (factors: readonly number[]) =>
    powers
      .flatMap((power) => factors.map((factor) => factor * 10 ** power))
      .map((tick) => Number(tick.toPrecision(12)))
      .filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  const tens = within([1]);
  const ticks = tens.length >= 2 ? tens : within([1, 2, 5]);
  return {
    at,
    ticks: ticks.map((tick) => ({
      at: at(tick),
      label: tick < 0.001 || tick >= 1e6 ? tick.toExponential() : String(tick),
    })),
  };
}
