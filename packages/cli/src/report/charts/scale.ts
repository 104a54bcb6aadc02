/** Maps data to coordinates, with round tick values. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A step of 1, 2 or 5 times a power of ten that cuts `span` into at most `most` parts. */
function roundStep(span: number, most: number): number {
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10);
}

export function linearScale(
  values: readonly number[],
  range: readonly [from: number, to: number],
  most = 5,
): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = high > low ? (high - low) * 0.06 : Math.abs(high) * 0.1 || 1;
  const [from, to] = [low - pad, high + pad];
  const step = roundStep(to - from, most);
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  return {
    at: (value) => range[0] + ((value - from) / (to - from)) * (range[1] - range[0]),
    ticks: Array.from({ length: Math.max(0, count) }, (_, i) =>
      Number(((first + i) * step).toPrecision(12)),
    ),
  };
}
