import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ascending } from "./order.ts";

test("the order is that of a stable comparison sort, for any finite doubles", () => {
  const double = fc.oneof(
    fc.double({ noNaN: true }),
    fc.constantFrom(0, -0, 5e-324, -5e-324, 1.7976931348623157e308, 0.5, -0.5, 1 + 2 ** -52),
  );
  fc.assert(
    fc.property(fc.array(double, { maxLength: 60 }), (values) => {
      const expected = values
        .map((_, i) => i)
        .sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b));
      expect([...ascending(Float64Array.from(values))]).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("single-precision scores sort alike, and -0 ties with 0", () => {
  const values = [0.1, -3, 0.1, 0, -0, 1e-30, 7];
  expect([...ascending(Float32Array.from(values))]).toEqual([1, 3, 4, 5, 0, 2, 6]);
});
