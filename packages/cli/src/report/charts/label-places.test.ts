import fc from "fast-check";
import { expect, test } from "vitest";
import { labelPlaces } from "./label-places.ts";

const point = (name: string, x: number, y: number) => ({ name, x, y, low: y, high: y, tip: "" });

test("a point with room has its name where it is wanted; two at one place do not share a side", () => {
  const alone = point("a", 0, 0);
  const far = point("b", 10, 10);
  const places = labelPlaces([alone, far, point("c", 20, 20)], { log: false, prefer: "right" });
  expect(places.get(alone)).toBe("right");
  expect(places.get(far)).toBe("right");
  const [first, second] = [point("same", 5, 5), point("place", 5, 5)];
  const both = labelPlaces([first, second, alone, point("c", 20, 20)], {
    log: false,
    prefer: "right",
  });
  expect(both.get(first)).not.toBe(both.get(second));
});

test("at the edge a name turns inwards", () => {
  const last = point("rightmost", 100, 5);
  const places = labelPlaces([point("a", 0, 0), last], { log: false, prefer: "right" });
  expect(places.get(last)).toBe("left");
});

test("every point has a place, whatever the numbers", () => {
  const any = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(any, any)), fc.boolean(), (pairs, log) => {
      const points = pairs.map(([x, y], i) => point(String(i), x, y));
      const places = labelPlaces(points, { log, prefer: "left" });
      return points.every((own) => places.has(own));
    }),
    { numRuns: 50 },
  );
});
