import { expect, test } from "vitest";
import { exceededIn, type Draft } from "./drafts.ts";

/** One party with a promise and a bound. */
function draft(
  epsilon: number | "infinity",
  bound: number,
  own: { readonly promised?: number | "infinity"; readonly covers?: boolean } = {},
): Record<string, Draft> {
  const { promised, covers = true } = own;
  return {
    m: {
      kind: "local",
      privacy: "dp-sgd",
      clients: {},
      notes: [],
      parties: {
        a: {
          claim: { epsilon, delta: 1e-5, unit: covers ? "example" : "client", covers },
          canaries: {
            canaries: 100,
            trainedOn: 50,
            guesses: 50,
            correct: 50,
            delta: 1e-5,
            auc: { value: 1, low: 1, high: 1 },
            epsilon: bound + 1,
            epsilonTogether: bound,
            ...(promised !== undefined && { promised }),
          },
        },
      },
    },
  };
}

test("a promise is refuted by a bound above it, of all parties together, and by nothing else", () => {
  expect(exceededIn(draft(1, 1.5))).toEqual([{ method: "m", party: "a", bound: 1.5, claimed: 1 }]);
  expect(exceededIn(draft(1, 0.5))).toEqual([]);
  expect(exceededIn(draft(1, 1))).toEqual([]);
  expect(exceededIn(draft("infinity", 9))).toEqual([]);
  expect(exceededIn(draft(1, 1.5, { covers: false }))).toEqual([]);
});

test("the training among canaries may promise more for its few more rows, but not more than twice as much", () => {
  expect(exceededIn(draft(1, 1.5, { promised: 1.6 }))).toEqual([]);
  expect(exceededIn(draft(1, 1.5, { promised: 1.2 }))[0]!.claimed).toBe(1.2);
  expect(exceededIn(draft(1, 1.5, { promised: 0.9 }))[0]!.claimed).toBe(1);
  expect(exceededIn(draft(1, 2.5, { promised: 40 }))[0]!.claimed).toBe(2);
  // It promises nothing, and the run did.
  expect(exceededIn(draft(1, 1.5, { promised: "infinity" }))[0]!.claimed).toBe(1);
});
