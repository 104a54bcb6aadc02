import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { countUses, restartDead } from "./codebook.ts";

function codebook() {
  return {
    rows: Float32Array.of(1, 2, 3, 4, 5, 6),
    counts: Float32Array.of(1, 0.05, 2),
    sums: Float32Array.of(1, 2, 3, 4, 5, 6),
  };
}

const batch = {
  codes: Int32Array.of(0, 2, 2),
  residuals: Float32Array.of(10, 20, 30, 40, 50, 60),
};

test("dead codes become residuals of the batch, others stay", () => {
  const book = codebook();
  expect(restartDead(book, batch, 0.5, streamOf(1))).toEqual([1]);
  const [a, b] = [book.rows[2]!, book.rows[3]!];
  expect(b).toBe(a + 10);
  expect([10, 30, 50]).toContain(a);
  expect([...book.rows.subarray(0, 2), ...book.rows.subarray(4)]).toEqual([1, 2, 5, 6]);
  expect([...book.counts]).toEqual([1, 0.5, 2]);
  expect([...book.sums]).toEqual([1, 2, a / 2, b / 2, 5, 6]);
});

test("threshold 0 restarts nothing", () => {
  const book = codebook();
  expect(restartDead(book, batch, 0, streamOf(1))).toEqual([]);
  expect(book).toEqual(codebook());
});

test("steady use is a fixed point of the averages", () => {
  const book = codebook();
  book.counts.set([1, 0, 2]);
  book.sums.set([10, 20, 0, 0, 80, 100]);
  countUses(book, batch, 0.8);
  [1, 0, 2].forEach((count, k) => expect(book.counts[k]).toBeCloseTo(count, 6));
  [10, 20, 0, 0, 80, 100].forEach((sum, at) => expect(book.sums[at]).toBeCloseTo(sum, 4));
});
