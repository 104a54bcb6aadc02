/**
 * Statistic of Pearson's test over what is passed by a chi-square law with so many degrees of freedom in all but
 * one in 10,000 samples: below 1 is passed. Cells that expect fewer than 8 are joined with the next.
 */
export function chiSquareRatio(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [statistic, cells, seen, due] = [0, 0, 0, 0];
  let [lastSeen, lastDue] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    seen += observed[i]!;
    due += expected[i]!;
    if (due < 8) continue;
    statistic += (seen - due) ** 2 / due;
    [lastSeen, lastDue] = [seen, due];
    [seen, due] = [0, 0];
    cells++;
  }
  // What is left over goes with the last cell.
  statistic += (lastSeen + seen - lastDue - due) ** 2 / (lastDue + due);
  statistic -= (lastSeen - lastDue) ** 2 / lastDue;
  const freedom = cells - 1;
  // Wilson and Hilferty; 3.719 is what a normal number exceeds once in 10,000.
  const spread = 2 / (9 * freedom);
  return statistic / (freedom * (1 - spread + 3.719 * Math.sqrt(spread)) ** 3);
}
