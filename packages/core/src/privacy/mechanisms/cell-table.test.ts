import { expect, test } from "vitest";
import fixture from "./__fixtures__/mechanisms.json" with { type: "json" };
import { words } from "./bytes.fixture.ts";
import { createCellTable, GUIDE_SHIFT, refineCell, searchCell } from "./cell-table.ts";

/** floor(2^192 G(j)). */
const exact = fixture.cells.map((digits) => BigInt(`0x${digits}`));
const table = createCellTable();

/** The cell of a number whose first 31 bits are these, whatever follows; undefined where that decides. */
function cellOf(bits31: number): number | undefined {
  const [first, last] = [BigInt(bits31) << 161n, (BigInt(bits31 + 1) << 161n) - 1n];
  const count = (x: bigint) => exact.findLastIndex((g) => x < g);
  return count(first) === count(last) ? count(first) : undefined;
}

function lookUp(bits31: number, next: () => number): number {
  const cell = table.guide[bits31 >>> GUIDE_SHIFT]!;
  return cell >= 0 ? cell : searchCell(table, bits31, next);
}

test("31 bits give the cell that mpmath's law gives, wherever they decide", () => {
  const step = 2 ** GUIDE_SHIFT;
  const places = new Set<number>();
  for (let i = 0; i < 4096; i++)
    for (const offset of [0, 1, step / 3, step - 1]) places.add(Math.floor(i * step + offset));
  for (const threshold of table.thresholds)
    for (const offset of [-2, -1, 1, 2]) places.add(Math.max(1, threshold + offset));
  let decided = 0;
  for (const place of places) {
    const cell = cellOf(place);
    if (cell === undefined) continue;
    decided++;
    expect(lookUp(place, words())).toBe(cell);
  }
  expect(decided).toBeGreaterThan(16_000);
});

test("where they do not, as many more words as it takes", () => {
  for (let j = 1; j < 90; j++) {
    const threshold = Number(exact[j]! >> 161n);
    const digit = (i: number) => Number((exact[j]! >> BigInt(161 - 32 * i)) & 0xffffffffn);
    const [second, third] = [digit(1), digit(2)];
    if (cellOf(threshold - 1) === undefined || cellOf(threshold + 1) === undefined) continue;
    expect(lookUp(threshold, words(second - 1))).toBe(j);
    expect(lookUp(threshold, words(second + 1))).toBe(j - 1);
    expect(lookUp(threshold, words(second, third - 1))).toBe(j);
    expect(lookUp(threshold, words(second, third + 1))).toBe(j - 1);
  }
});

test.each([
  [1, 2 ** 31, 5],
  [77, 1, 1],
  [0, 2 ** 31, 2 ** 31],
  [0, 3, 2 ** 31],
  [0, 0, 2 ** 31],
  [0, 0, 1],
])("zeros, then the words %i, %i, %i: a cell far out", (first, second, third) => {
  const drawn = [first, second, third, 2 ** 31].reduce(
    (bits, word) => (bits << 32n) | BigInt(word),
    0n,
  );
  const cell = exact.findLastIndex((g) => drawn << 33n < g);
  expect(refineCell(0, words(first, second, third, 2 ** 31))).toBe(cell);
  expect(cell).toBeGreaterThan(100);
});
