import { expect, test } from "vitest";
import { select, type Selection } from "./selection.ts";

const start: Selection<string> = { best: undefined, stale: 0 };

function run(values: readonly number[], higherIsBetter: boolean): Selection<string> {
  return values.reduce(
    (selection, value, round) =>
      select(selection, { value, round, higherIsBetter }, () => `state ${round}`),
    start,
  );
}

test("the best validation wins, and what came after it counts as stale", () => {
  expect(run([0.2, 0.5, 0.4, 0.3], true)).toEqual({
    best: { value: 0.5, round: 1, snapshot: "state 1" },
    stale: 2,
  });
});

test("a loss is best when lowest", () => {
  expect(run([0.2, 0.5, 0.1], false).best?.round).toBe(2);
});

test("an equal value does not replace an earlier one, and no snapshot is taken for it", () => {
  let taken = 0;
  const selection = [0.5, 0.5].reduce(
    (sofar, value, round) =>
      select(sofar, { value, round, higherIsBetter: true }, () => `${taken++}`),
    start,
  );
  expect([selection.best?.round, selection.stale, taken]).toEqual([0, 1, 1]);
});
