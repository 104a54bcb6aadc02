import type { ComparedRun } from "./schema.ts";

export type Pair = ComparedRun["pairs"][number];

/** `method` against another one, whichever of the two stands first in the run's pairs. */
export function pairOf(
  { pairs, metric }: Pick<ComparedRun, "pairs" | "metric">,
  method: string,
  { against, client = "macro" }: { readonly against: string; readonly client?: string },
): Pair | undefined {
  const own = pairs.find(
    (pair) =>
      pair.metric === metric &&
      pair.client === client &&
      ((pair.method === method && pair.against === against) ||
        (pair.method === against && pair.against === method)),
  );
  if (own === undefined || own.method === method) return own;
  const { gain: _, rowsLow, rowsHigh, ...rest } = own;
  return {
    ...rest,
    method,
    against,
    difference: -own.difference,
    low: -own.high,
    high: -own.low,
    ...(rowsLow !== undefined &&
      rowsHigh !== undefined && { rowsLow: -rowsHigh, rowsHigh: -rowsLow }),
    verdict: TURNED[own.verdict],
    ...(own.effect !== undefined && { effect: -own.effect }),
  };
}

const TURNED = {
  better: "worse",
  worse: "better",
  "no clear difference": "no clear difference",
} as const;
