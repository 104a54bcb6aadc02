import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { domainsOfItems, negativeDraw } from "./negatives.ts";

const itemStarts = Int32Array.of(0, 3, 9);
const domainOf = domainsOfItems(itemStarts);

test("domains of items", () => {
  expect([...domainOf]).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
});

test.each([
  { count: 2, how: "by trying again" },
  { count: 3, how: "in turn" },
])(
  "every set of $count of 5 equally often, $how (chi-square, 9 degrees, p > 1e-4)",
  ({ count }) => {
    const draw = negativeDraw(itemStarts, { domainOf });
    const out = new Int32Array(count);
    const random = streamOf(3, "draws");
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      draw.begin();
      draw.exclude(5);
      expect(draw.draw(1, count, { random, out, at: 0 })).toBe(count);
      const key = [...out].toSorted((a, b) => a - b).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // Ten sets, none of them with 5.
    expect(counts.size).toBe(10);
    expect([...counts.keys()].some((key) => key.includes("5"))).toBe(false);
    let chiSquare = 0;
    for (const seen of counts.values()) chiSquare += (seen - draws / 10) ** 2 / (draws / 10);
    expect(chiSquare).toBeLessThan(33.7);
  },
);

test("what was drawn is not drawn again, until the next user begins", () => {
  const draw = negativeDraw(itemStarts, { domainOf });
  const out = new Int32Array(4).fill(-1);
  const into = { random: streamOf(1), out, at: 1 };
  draw.begin();
  expect(draw.draw(0, 2, into)).toBe(2);
  const [first, second] = [out[1]!, out[2]!];
  expect(draw.draw(0, 2, into)).toBe(1);
  expect(new Set([first, second, out[1]])).toEqual(new Set([0, 1, 2]));
  expect(draw.draw(0, 2, into)).toBe(0);
  expect([out[0], out[3]]).toEqual([-1, -1]);
  draw.begin();
  expect(draw.draw(0, 9, into)).toBe(3);
});
