import fc from "fast-check";
import { expect, test } from "vitest";
import { bestOf } from "./best-of.ts";

test("keeps the head of all that was offered, sorted by score and number", () => {
  const best = bestOf(5);
  const scores = fc.array(fc.nat(6), { maxLength: 20 });
  fc.assert(
    fc.property(scores, fc.nat(), (all, turn) => {
      best.begin();
      const offered = all.map((score, item) => ({ item, score }));
      const at = all.length === 0 ? 0 : turn % all.length;
      for (const { item, score } of [...offered.slice(at), ...offered.slice(0, at)])
        best.offer(item, score);
      const head = offered.toSorted((a, b) => b.score - a.score || a.item - b.item).slice(0, 5);
      expect(best.size()).toBe(head.length);
      expect(Array.from(best.items.subarray(0, best.size()))).toEqual(head.map(({ item }) => item));
      expect(Array.from(best.scores.subarray(0, best.size()))).toEqual(
        head.map(({ score }) => score),
      );
    }),
  );
});
