/** An axis of epsilons: logarithmic, with no promise at all at its far end. */
export interface EpsilonScale {
  readonly at: (epsilon: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** Where the axis breaks before infinity; undefined where no value is infinite. */
  readonly gap: number | undefined;
}

/** Share of the axis that lies between the largest finite value and infinity. */
const GAP = 0.14;
const PAD = 0.05;
/** Tick values within a power of ten, from the sparsest choice to the densest. */
const CHOICES = [[1], [1, 3], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]] as const;
const FEWEST_TICKS = 3;

/**
 * Places epsilons by their logarithms over `range`. Infinity stands at the far end; 0, where nothing was
 * released, at the near one.
 */
export function epsilonScale(
  values: readonly number[],
  [from, to]: readonly [from: number, to: number],
): EpsilonScale {
  const finite = values.filter((value) => value > 0 && value < Infinity);
  const infinite = values.includes(Infinity);
  const low = Math.log10(Math.min(...finite, Infinity) === Infinity ? 0.1 : Math.min(...finite));
  const high = finite.length === 0 ? 1 : Math.log10(Math.max(...finite));
  const span = Math.max(high - low, 0.3);
  const middle = (low + high) / 2;
  const [first, last] = [middle - span * (0.5 + PAD), middle + span * (0.5 + PAD)];
  const end = infinite ? to - (to - from) * GAP : to;
  const place = (log: number) => from + ((log - first) / (last - first)) * (end - from);
  const at = (epsilon: number) => {
    if (epsilon === Infinity) return to;
    return epsilon > 0 ? place(Math.log10(epsilon)) : from;
  };
  return {
    at,
    ticks: [
      ...ticksBetween(first, last).map((tick) => ({ at: at(tick), label: String(tick) })),
      ...(infinite ? [{ at: to, label: "∞" }] : []),
    ],
    gap: infinite ? (end + to) / 2 : undefined,
  };
}

/** Round numbers between two logarithms. */
function ticksBetween(first: number, last: number): number[] {
  const powers: number[] = [];
  for (let power = Math.floor(first); power <= Math.ceil(last); power++) powers.push(power);
  const within = CHOICES.map((factors) =>
    powers
      .flatMap((power) => factors.map((factor) => Number((factor * 10 ** power).toPrecision(6))))
      .filter((tick) => Math.log10(tick) >= first && Math.log10(tick) <= last),
  );
  return within.find((ticks) => ticks.length >= FEWEST_TICKS) ?? within.at(-1)!;
}
