import type { SplitClient } from "@atoll/core/data";

/**
 * Puts each client's validation rows in the place of its test rows, for `evaluation.on: validation`.
 * What a method measures last are then validation rows, and the labels of the test rows (their true
 * probabilities, too) are NaN from here on: no stage can read them by mistake, and one that did would
 * train to NaN and be stopped.
 */
export function withoutTestRows(
  splits: ReadonlyMap<number, readonly SplitClient[]>,
): ReadonlyMap<number, readonly SplitClient[]> {
  return new Map([...splits].map(([seed, clients]) => [seed, clients.map(withoutTest)]));
}

function withoutTest(split: SplitClient): SplitClient {
  const { label, furtherLabels, oracle, test, valid, sampling } = split;
  return {
    ...split,
    label: blanked(label, test),
    furtherLabels: furtherLabels.map((own) => blanked(own, test)),
    ...(oracle && { oracle: blanked(oracle, test, 1 + furtherLabels.length) }),
    test: valid,
    ...(sampling && { sampling: { ...sampling, testCandidates: sampling.validCandidates } }),
  };
}

/** A copy without the values at some rows, of which each has `width`. */
function blanked<T extends Float32Array | Float64Array>(values: T, rows: Int32Array, width = 1): T {
  const copy = values.slice() as T;
  for (const row of rows) copy.fill(Number.NaN, row * width, (row + 1) * width);
  return copy;
}
