import { uniform, type RandomStream } from "../../random/index.ts";

/** Draws 0..n-1 with probability proportional to 1 / (rank + 1)^exponent: Zipf's law. */
export function zipf(n: number, exponent: number): (stream: RandomStream) => number {
  const cumulative = new Float64Array(n);
  let total = 0;
  for (let rank = 0; rank < n; rank++) cumulative[rank] = total += 1 / (rank + 1) ** exponent;
  return (stream) => {
    const target = uniform(stream) * total;
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
