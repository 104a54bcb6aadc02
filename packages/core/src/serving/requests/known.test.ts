import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { historyKeys } from "./export/keys.ts";
import { knownBy } from "./known.ts";

const nobody = {
  userIds: [],
  starts: new Int32Array(1),
  item: new Int32Array(0),
  days: new Float64Array(0),
};

describe("known events", () => {
  // Items 0 and 1 are of food, 2 and 3 of kitchen; events stand by time, then by domain.
  const catalogue = {
    domains: ["food", "kitchen"],
    itemIds: ["tea", "salt", "pan", "pot"],
    itemStarts: Int32Array.of(0, 2, 4),
  };
  const { eventsOf, userOf } = knownBy(catalogue, {
    userIds: ["ann", "bob"],
    starts: Int32Array.of(0, 1, 6),
    item: Int32Array.of(3, 0, 2, 1, 3, 0),
    days: Float64Array.of(1, 1, 1, 5, 5, 9),
  });
  const bob = userOf("bob");

  test.each([
    ["all that is earlier", 0, 6, [0, 2, 1, 3]],
    ["of the same instant, what stands before the domain or in it", 0, 5, [0, 2, 1]],
    ["of the same instant, also what stands in earlier domains", 1, 5, [0, 2, 1, 3]],
    ["nothing later", 0, 1, [0]],
    ["nothing before the first", 1, 0.5, []],
    ["everything at last", 0, Infinity, [0, 2, 1, 3, 0]],
  ])("of a request are %s", (_what, domain, days, expected) => {
    expect([...eventsOf(bob, { domain, days })]).toEqual(expected);
  });

  test("of nobody are none", () => {
    expect(userOf("cem")).toBe(-1);
    expect([...eventsOf(-1, { domain: 0, days: 9 })]).toEqual([]);
  });
});

test("an exported model reads the items of a history as predicting does, whatever names look like", () => {
  const piece = fc.constantFrom("a", "b", ":", "a:", "b:a");
  const name = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(""));
  const names = (minLength: number) => fc.uniqueArray(name, { minLength, maxLength: 4 });
  fc.assert(
    fc.property(
      names(1).chain((domains) =>
        fc.tuple(
          fc.constant(domains),
          fc.tuple(...domains.map(() => names(0))),
          fc.nat({ max: domains.length - 1 }),
          fc.array(name, { maxLength: 20 }),
        ),
      ),
      ([domains, itemsOf, domain, others]) => {
        const starts = [0];
        for (const own of itemsOf) starts.push(starts.at(-1)! + own.length);
        const kept = { domains, itemIds: itemsOf.flat(), itemStarts: Int32Array.from(starts) };
        const keys = historyKeys(kept, domain);
        const numberOf = new Map(keys);
        // A text would be encoded twice.
        expect(numberOf.size).toBe(keys.length);
        const { markedItemOf } = knownBy(kept, nobody);
        const marked = domains.flatMap((one, d) => itemsOf[d]!.map((id) => `${one}:${id}`));
        for (const text of [...others, ...kept.itemIds, ...marked])
          // The empty text fills a list up.
          if (text !== "") expect(numberOf.get(text) ?? -1).toBe(markedItemOf(text, domain));
      },
    ),
  );
});
