/**
 * Walks rows in ascending order of score and writes to `placement` the share of rows of the other class
 * that each is ranked rightly against, equal scores counting half:
 *
 *   positive row: (negatives below + tied / 2) / negatives
 *   negative row: (positives above + tied / 2) / positives
 *
 * Both average to the AUC. `auc` is NaN where a class is empty.
 */
export function placements(
  order: Uint32Array,
  scores: Float64Array | Float32Array,
  label: Float32Array,
  placement: Float64Array,
): { readonly positives: number; readonly negatives: number; readonly auc: number } {
  const length = order.length;
  let positives = 0;
  for (let i = 0; i < length; i++) positives += label[order[i]!]!;
  const negatives = length - positives;
  let positivesBelow = 0;
  let negativesBelow = 0;
  let rightPairs = 0;
  for (let start = 0; start < length;) {
    const score = scores[order[start]!]!;
    let end = start;
    let tiedPositives = 0;
    for (; end < length && scores[order[end]!] === score; end++)
      tiedPositives += label[order[end]!]!;
    const tiedNegatives = end - start - tiedPositives;
    const below = negativesBelow + tiedNegatives / 2;
    const above = positives - positivesBelow - tiedPositives / 2;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      placement[row] = label[row] === 1 ? below / negatives : above / positives;
    }
    rightPairs += tiedPositives * below;
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    start = end;
  }
  return { positives, negatives, auc: rightPairs / (positives * negatives) };
}
