import type { TrainingEvents } from "../population/index.ts";

/** Of each row the latest events, at most so many. */
export function latestEvents({ starts, item, days }: TrainingEvents, most: number): TrainingEvents {
  const numRows = starts.length - 1;
  const kept = new Int32Array(numRows + 1);
  for (let row = 0; row < numRows; row++)
    kept[row + 1] = kept[row]! + Math.min(most, starts[row + 1]! - starts[row]!);
  const chosen = new Int32Array(kept[numRows]!);
  for (let row = 0; row < numRows; row++) {
    const count = kept[row + 1]! - kept[row]!;
    const first = starts[row + 1]! - count;
    for (let i = 0; i < count; i++) chosen[kept[row]! + i] = first + i;
  }
  return {
    starts: kept,
    item: chosen.map((event) => item[event]!),
    days: Float64Array.from(chosen, (event) => days[event]!),
  };
}
