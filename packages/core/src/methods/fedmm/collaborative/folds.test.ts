import fc from "fast-check";
import { expect, test } from "vitest";
import { itemsOfUser } from "../../../data/index.ts";
import {
  createLightGcn,
  lightGcnConfig,
  type Positives,
} from "../../../models/collaborative/index.ts";
import { streamOf, uniformBelow } from "../../../random/index.ts";
import { drawFolds, eachEdge, foldOf, withoutFold } from "./folds.ts";

interface Drawn {
  readonly user: number;
  readonly item: number;
  readonly label: number;
}

const [numUsers, numItems] = [12, 9];
const anyRows = fc.array(
  fc.record({ user: fc.nat(numUsers - 1), item: fc.nat(numItems - 1), label: fc.nat(1) }),
  { maxLength: 80 },
);
const anyFolds = fc.integer({ min: 2, max: 5 });

function world(rows: readonly Drawn[]): Positives {
  const chosen = rows.filter(({ label }) => label === 1);
  return { numUsers, numItems, ...itemsOfUser(numUsers, [listed(chosen)]) };
}

function listed(rows: readonly Drawn[]) {
  return { user: rows.map(({ user }) => user), item: rows.map(({ item }) => item) };
}

function edgesOf(positives: Positives): string[] {
  const edges: string[] = [];
  eachEdge(positives, (user, item) => edges.push(`${user} ${item}`));
  return edges;
}

test("each model has all positives but its fold's; together the folds are all of them", () => {
  fc.assert(
    fc.property(anyRows, anyFolds, fc.nat(), (rows, numFolds, seed) => {
      const positives = world(rows);
      const folds = drawFolds(positives, listed(rows), numFolds, streamOf(seed));
      const all = edgesOf(positives);
      const parts = Array.from({ length: numFolds }, (_, fold) => {
        const rest = new Set(edgesOf(withoutFold(positives, folds, fold)));
        const own = all.filter((edge) => !rest.has(edge));
        expect(rest.size + own.length).toBe(all.length);
        for (const edge of own) {
          const [user, item] = edge.split(" ").map(Number);
          expect(foldOf(folds, user!, item!)).toBe(fold);
        }
        return own;
      });
      expect(parts.flat().toSorted()).toEqual(all.toSorted());
      // Pairs that are no positives have a fold as well.
      for (const { user, item } of rows) {
        expect(foldOf(folds, user, item)).toBeGreaterThanOrEqual(0);
        expect(foldOf(folds, user, item)).toBeLessThan(numFolds);
      }
    }),
  );
});

test("a user's positives are spread evenly: with two or more, every model has some", () => {
  fc.assert(
    fc.property(anyRows, anyFolds, fc.nat(), (rows, numFolds, seed) => {
      const positives = world(rows);
      const folds = drawFolds(positives, listed(rows), numFolds, streamOf(seed));
      for (let user = 0; user < numUsers; user++) {
        const [from, to] = [positives.offsets[user]!, positives.offsets[user + 1]!];
        const counts = Array.from({ length: numFolds }, () => 0);
        for (const item of positives.items.subarray(from, to))
          counts[foldOf(folds, user, item)]! += 1;
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        if (to - from >= 2) expect(Math.max(...counts)).toBeLessThan(to - from);
      }
    }),
  );
});

test("items keep positives in every model as well, and folds are equally large", () => {
  // 300 users of 3 items each; each of 90 items has 10 users.
  const random = streamOf(5);
  const user = Array.from({ length: 900 }, (_, i) => i % 300);
  const item = user.map(
    (u, i) => (u * 7 + Math.floor(i / 300) * 31 + (random.next() & 1) * 45) % 90,
  );
  const positives = { numUsers: 300, numItems: 90, ...itemsOfUser(300, [{ user, item }]) };
  const folds = drawFolds(positives, { user, item }, 3, streamOf(1));
  const sizes = [0, 1, 2].map((fold) => withoutFold(positives, folds, fold).items.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
  const unevenness = (chooses: (user: number, item: number) => number) => {
    const ofItem = Array.from({ length: 90 }, () => [0, 0, 0]);
    eachEdge(positives, (u, i) => (ofItem[i]![chooses(u, i)]! += 1));
    return ofItem.reduce((sum, counts) => sum + Math.max(...counts) - Math.min(...counts), 0);
  };
  const chance = streamOf(9);
  expect(unevenness((u, i) => foldOf(folds, u, i))).toBeLessThan(
    0.6 * unevenness(() => uniformBelow(chance, 3)),
  );
});

test("the draw depends on the seed alone, and seeds differ", () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    user: i % 12,
    item: (i * 5) % 9,
    label: 1,
  }));
  const draw = (seed: number) => drawFolds(world(rows), listed(rows), 3, streamOf(seed)).fold;
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test("what a fold holds has no part in the model without it", async () => {
  const rows = Array.from({ length: 70 }, (_, i) => ({
    user: (i * 5) % numUsers,
    item: (i * i) % numItems,
    label: 1,
  }));
  const positives = world(rows);
  const folds = drawFolds(positives, listed(rows), 3, streamOf(1));
  const fit = async (own: Positives) => {
    const config = lightGcnConfig.parse({ kind: "lightgcn", width: 4, learningRate: 0.05 });
    const trainer = createLightGcn(own, config, streamOf(2));
    for (let pass = 0; pass < 3; pass++) await trainer.epoch(streamOf(3, pass));
    return trainer.factors();
  };
  // The fold's pairs become others that nobody had: in their fold, as the split would have it.
  const replaced: Drawn[] = [];
  const others: Drawn[] = [];
  eachEdge(positives, (user, item) => {
    if (foldOf(folds, user, item) !== 1) return void others.push({ user, item, label: 1 });
    const free = Array.from({ length: numItems }, (_, i) => i).find(
      (i) => !edgesOf(positives).includes(`${user} ${i}`),
    );
    if (free !== undefined) replaced.push({ user, item: free, label: 1 });
  });
  expect(replaced.length).toBeGreaterThan(5);
  const changed = world([...others, ...replaced]);
  const all = itemsOfUser(numUsers, [listed([...others, ...replaced])]);
  const kept = new Set(others.map(({ user, item }) => `${user} ${item}`));
  const fold = new Int8Array(all.items.length);
  const pairs = { numUsers, numItems, ...all };
  let at = 0;
  eachEdge(pairs, (user, item) => {
    fold[at++] = kept.has(`${user} ${item}`) ? foldOf(folds, user, item) : 1;
  });
  const changedFolds = { numFolds: 3, pairs, fold };
  expect(await fit(withoutFold(changed, changedFolds, 1))).toEqual(
    await fit(withoutFold(positives, folds, 1)),
  );
  expect(await fit(withoutFold(changed, changedFolds, 0))).not.toEqual(
    await fit(withoutFold(positives, folds, 0)),
  );
});
