import { valueOf, type Trial, type TuneResult } from "@atoll/node/tune";

/** Trials as a reader wants them: those of the last rung first, the best first; failed ones last. */
export function bestFirst({ trials, objective }: TuneResult): Trial[] {
  const sign = objective.higherIsBetter ? -1 : 1;
  return trials.toSorted((a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined) || a.setting - b.setting;
    return b.rung - a.rung || sign * (left - right) || a.setting - b.setting;
  });
}
