import fc from "fast-check";
import { expect, test } from "vitest";
import { factsOf } from "../facts.ts";
import { resultOf } from "../result.fixture.ts";
import { frontOf, paretoVariants } from "./method-charts.ts";

test("the front holds what nothing beats in both directions, as trying every pair finds it", () => {
  const small = fc.integer({ min: 0, max: 8 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ x: small, y: small })),
      fc.constantFrom(1 as const, -1 as const),
      (points, sign) => {
        const beaten = (own: { x: number; y: number }) =>
          points.some(
            (other) =>
              other.x <= own.x &&
              sign * (other.y - own.y) >= 0 &&
              (other.x < own.x || sign * (other.y - own.y) > 0),
          );
        const places = new Set(points.filter((own) => !beaten(own)).map(({ x, y }) => `${x},${y}`));
        const front = frontOf(points, sign);
        expect(new Set(front.map(({ x, y }) => `${x},${y}`))).toEqual(places);
        expect(front).toHaveLength(places.size);
        expect(front.map(({ x }) => x)).toEqual(front.map(({ x }) => x).toSorted((a, b) => a - b));
      },
    ),
  );
});

test("a cost that nobody has, or one alone, has no chart; references are left out", () => {
  const result = resultOf(["de", "fr"], {
    fedavg: { macro: [0.02, "better"] },
    centralised: { macro: [0.1, "better"] },
  });
  result.methods["fedavg"]!.bytes = { up: 9000, down: 9000 };
  const variants = paretoVariants(factsOf(result));
  expect(variants.map(({ of }) => of[0])).toEqual(["bytes", "time"]);
  expect(variants[0]!.chart.summary).toBe(
    "On the dashed line no other method has both a better mean and fewer bytes: Local only and FedAvg.",
  );
  // Both take 12 s: the better one is what nothing beats.
  expect(variants[1]!.chart.summary).toMatch(/less time: FedAvg\.$/);
});
