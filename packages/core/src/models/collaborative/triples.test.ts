import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { isPositive } from "./positives.ts";
import { tripleSampler } from "./triples.ts";
import { anyPositives, positivesOf } from "./worlds.fixture.ts";

test("a triple is a positive and an item that its user does not have", () => {
  fc.assert(
    fc.property(
      anyPositives,
      fc.constantFrom("pairs" as const, "users" as const),
      (world, start) => {
        const sampler = tripleSampler(world, start);
        if (sampler === undefined) return;
        const random = streamOf(1);
        for (let draw = 0; draw < 20; draw++) {
          sampler.draw(random);
          const { user, positive, negative } = sampler.triple;
          expect(isPositive(world, user, positive)).toBe(true);
          expect(isPositive(world, user, negative)).toBe(false);
        }
      },
    ),
  );
});

test("pairs weigh a user by its items, users do not", () => {
  const world = positivesOf(6, [[0], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5]]);
  const shareOfFirst = (start: "pairs" | "users") => {
    const sampler = tripleSampler(world, start)!;
    const random = streamOf(2);
    let first = 0;
    for (let draw = 0; draw < 4000; draw++) {
      sampler.draw(random);
      if (sampler.triple.user === 0) first += 1;
    }
    return first / 4000;
  };
  // The last user has every item: it has no triple.
  expect(Math.abs(shareOfFirst("pairs") - 1 / 5)).toBeLessThan(0.03);
  expect(Math.abs(shareOfFirst("users") - 1 / 2)).toBeLessThan(0.03);
});
