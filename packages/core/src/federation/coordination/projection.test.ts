import fc from "fast-check";
import { expect, test } from "vitest";
import { projectOnSimplex } from "./projection.ts";

const points = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
  minLength: 1,
  maxLength: 8,
});

test("by hand: (0.9, 0.5, -1) loses 0.2 where it stays positive", () => {
  const projected = projectOnSimplex([0.9, 0.5, -1]);
  [0.7, 0.3, 0].forEach((value, i) => expect(projected[i]).toBeCloseTo(value, 15));
});

test("what is on the simplex stays", () => {
  expect([...projectOnSimplex([0.25, 0.75, 0])]).toEqual([0.25, 0.75, 0]);
});

test("it is the nearest point: the way to it makes no acute angle with any way further into the simplex", () => {
  fc.assert(
    fc.property(points, (values) => {
      const projected = projectOnSimplex(values);
      expect(projected.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
      for (let corner = 0; corner < values.length; corner++) {
        let angle = 0;
        values.forEach((value, i) => {
          angle += (value - projected[i]!) * (Number(i === corner) - projected[i]!);
        });
        expect(angle).toBeLessThanOrEqual(1e-12);
      }
    }),
  );
});
