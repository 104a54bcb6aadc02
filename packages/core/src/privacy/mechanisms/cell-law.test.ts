import { expect, test } from "vitest";
import fixture from "./__fixtures__/mechanisms.json" with { type: "json" };
import { cellBounds, cellSums } from "./cell-law.ts";

const exact = fixture.cells.map((digits) => BigInt(`0x${digits}`));

test("sums of the cells' weights lie between their bounds, which are close", () => {
  const [below, above] = [cellSums(128n, 0n), cellSums(128n, 1n)];
  expect(below.length).toBeGreaterThan(180);
  for (let j = 0; j < below.length; j++) {
    const sum = BigInt(`0x${fixture.cellSums[j]!}`);
    expect(below[j]! << 64n <= sum).toBe(true);
    expect(above[j]! << 64n > sum).toBe(true);
    // 2^-94 of 2^-96, which is the least weight that counts as a cell.
    expect(above[j]! - below[j]! < 1n << 34n).toBe(true);
  }
});

test.each([31, 63, 95, 127])(
  "the law of the cells to %i bits is mpmath's, and no bound is off by more than one",
  (bits) => {
    const { low, high } = cellBounds(bits);
    expect(exact.length).toBeGreaterThan(low.length / 2);
    for (let j = 0; j < low.length; j++) {
      const scaled = (exact[j] ?? 0n) >> BigInt(192 - bits);
      if (j < exact.length) {
        expect(low[j]! <= scaled).toBe(true);
        expect(scaled <= high[j]!).toBe(true);
      }
      expect(high[j]! - low[j]!).toBeLessThanOrEqual(1n);
    }
    // All that is missing is less than one in 2^bits.
    expect(high.at(-1)).toBe(0n);
  },
);

test("to 31 bits, which is what draws look up, both bounds are the same", () => {
  const { low, high } = cellBounds(31);
  expect(low.slice(1)).toEqual(high.slice(1));
  expect(low[0]).toBe((1n << 31n) - 1n);
});
