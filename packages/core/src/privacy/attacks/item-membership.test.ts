import fc from "fast-check";
import { expect, test } from "vitest";
import { normal, streamOf } from "../../random/index.ts";
import { itemMembership, rowMovements } from "./item-membership.ts";

test("movements are norms by row", () => {
  const before = Float32Array.of(0, 0, 1, 1, 2, 2);
  const after = Float32Array.of(3, 4, 1, 1, 2, 1);
  expect([...rowMovements(before, after, 2)]).toEqual([5, 0, 1]);
  expect(() => rowMovements(before, after.subarray(2), 2)).toThrow(RangeError);
});

test("without noise the rows that moved are the client's, all of them and no other", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 40 }), (bits) => {
      const held = Uint8Array.from(bits, Number);
      const movements = Float64Array.from(held, (bit, i) => bit * (1 + (i % 3)));
      const numHeld = bits.filter(Boolean).length;
      const found = itemMembership(movements, held);
      expect(found.guessed).toBe(numHeld);
      if (numHeld > 0) expect([found.precision, found.recall]).toEqual([1, 1]);
      if (numHeld > 0 && numHeld < bits.length) expect(found.auc).toBe(1);
    }),
  );
});

test("by a threshold: precision, recall and AUC of a case counted by hand", () => {
  const movements = Float64Array.of(5, 1, 4, 3, 0.5);
  const held = Uint8Array.of(1, 1, 0, 1, 0);
  expect(itemMembership(movements, held, 2)).toEqual({
    held: 3,
    notHeld: 2,
    // Of the six pairs, 5 > 4, 5 > 0.5, 1 > 0.5 and 3 > 0.5 are in order.
    auc: 4 / 6,
    guessed: 3,
    precision: 2 / 3,
    recall: 2 / 3,
  });
});

test("noise that is as large as the movement: AUC of the norms of two normals", () => {
  // |N(1, 1)| against |N(0, 1)| in one dimension. P(|x| > |y|) over the quarter turns x +- y, whose means are
  // 1 and 1 and variances 2: Phi(a)^2 + (1 - Phi(a))^2 for a = 1 / sqrt 2.
  const phi = 0.7602499389065233;
  const stream = streamOf(2, "noise");
  const held = Uint8Array.from({ length: 40_000 }, (_, i) => i % 2);
  const after = Float32Array.from(held, (bit) => bit + normal(stream));
  const { auc, precision, recall } = itemMembership(
    rowMovements(new Float32Array(held.length), after, 1),
    held,
  );
  expect(Math.abs(auc! - (phi ** 2 + (1 - phi) ** 2))).toBeLessThan(0.009);
  // As many are guessed as are held, so that what is wrong is missing.
  expect(precision).toBe(recall);
});

test("nobody, or everybody, leaves nothing to tell apart", () => {
  const movements = Float64Array.of(1, 2);
  expect(itemMembership(movements, Uint8Array.of(0, 0), 5)).toEqual({
    held: 0,
    notHeld: 2,
    guessed: 0,
  });
  expect(itemMembership(movements, Uint8Array.of(1, 1))).toMatchObject({ guessed: 2, recall: 1 });
});
