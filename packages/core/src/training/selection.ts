/** Which state of a party is scored in the end, and for how long nothing has got better. */
export interface Selection<Snapshot> {
  readonly best:
    | { readonly value: number; readonly round: number; readonly snapshot: Snapshot }
    | undefined;
  /** Validations since the best one. */
  readonly stale: number;
}

/** Keeps the best of the validated states; an equal value does not replace an earlier one. */
export function select<Snapshot>(
  selection: Selection<Snapshot>,
  candidate: { readonly value: number; readonly round: number; readonly higherIsBetter: boolean },
  snapshot: () => Snapshot,
): Selection<Snapshot> {
  const { value, round, higherIsBetter } = candidate;
  const best = selection.best;
  const better = best === undefined || (higherIsBetter ? value > best.value : value < best.value);
  return better
    ? { best: { value, round, snapshot: snapshot() }, stale: 0 }
    : { best, stale: selection.stale + 1 };
}
