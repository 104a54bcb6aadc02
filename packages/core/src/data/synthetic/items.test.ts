import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import type { SyntheticConfig } from "./config.ts";
import { marketItems, type MarketItems } from "./items.ts";
import { LATENT } from "./taste.ts";
import { titlesOf } from "./titles.ts";

const config: SyntheticConfig = {
  kind: "synthetic",
  markets: {},
  sharedTaste: 1,
  catalogue: { items: 500, share: 0.8 },
  titles: { words: 4, sharpness: 2 },
  worldSeed: 1,
};

const itemsOf = (client: string, count: number, overrides: Partial<SyntheticConfig> = {}) =>
  marketItems(client, count, { ...config, ...overrides }, streamOf(1, "market", client));

/** Places of the items that two markets hold, side by side. */
function inBoth(a: MarketItems, b: MarketItems): [number, number][] {
  const placeInB = new Map(b.ids.map((id, i) => [id, i]));
  return a.ids.flatMap((id, i): [number, number][] =>
    placeInB.has(id) ? [[i, placeInB.get(id)!]] : [],
  );
}

const vectorOf = ({ hidden }: MarketItems, i: number) => [
  ...hidden.subarray(i * LATENT, (i + 1) * LATENT),
];

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test("the share of items that come from the catalogue is as set, and the others are the market's own", () => {
  for (const share of [0, 0.25, 0.8, 1]) {
    const { ids, known } = itemsOf("a", 200, { catalogue: { items: 500, share } });
    expect(known.filter((c) => c >= 0).length).toBe(200 * share);
    expect(ids.filter((id) => /^c\d+$/.test(id)).length).toBe(200 * share);
    expect(ids.filter((id) => /^a-i\d+$/.test(id)).length).toBe(200 - 200 * share);
    expect(new Set(ids).size).toBe(200);
  }
});

test("markets hold different parts of the catalogue, in its order of popularity", () => {
  const [a, b] = [itemsOf("a", 200), itemsOf("b", 200)];
  for (const { known } of [a, b]) {
    const held = [...known].filter((c) => c >= 0);
    expect(held).toEqual(held.toSorted((x, y) => x - y));
    // Own items stand at random places: neither all before nor all after.
    const places = [...known.keys()].filter((i) => known[i]! < 0);
    expect(mean(places) / 200).toBeGreaterThan(0.3);
    expect(mean(places) / 200).toBeLessThan(0.7);
  }
  // 160 of 500 each: 51.2 in common on average, with a deviation of 4.9.
  expect(Math.abs(inBoth(a, b).length - 51.2)).toBeLessThan(20);
});

test("with taste all shared, an item in two markets has one taste vector, quality, price, title", () => {
  const [a, b] = [itemsOf("a", 400), itemsOf("b", 300)];
  const [titlesA, titlesB] = [titlesOf(a, config), titlesOf(b, config)];
  const pairs = inBoth(a, b);
  expect(pairs.length).toBeGreaterThan(100);
  for (const [i, j] of pairs) {
    expect(vectorOf(a, i)).toEqual(vectorOf(b, j));
    expect([a.quality[i], a.price[i], a.category[i], a.brand[i], titlesA[i]]).toEqual([
      b.quality[j],
      b.price[j],
      b.category[j],
      b.brand[j],
      titlesB[j],
    ]);
  }
});

test.each([0, 0.3, 0.7])(
  "with shared taste %d that is the share of the vectors' variance which two markets have in common",
  (sharedTaste) => {
    const catalogue = { items: 6000, share: 1 };
    const a = itemsOf("a", 5000, { sharedTaste, catalogue });
    const b = itemsOf("b", 5000, { sharedTaste, catalogue });
    const pairs = inBoth(a, b);
    const products = pairs.map(([i, j]) => {
      const [x, y] = [vectorOf(a, i), vectorOf(b, j)];
      return x.reduce((sum, value, k) => sum + value * y[k]!, 0);
    });
    const squares = pairs.map(([i]) => vectorOf(a, i).reduce((sum, value) => sum + value ** 2, 0));
    // Vectors have norm 1 on average, so their inner product is the share; its square root would be off.
    expect(Math.abs(mean(products) - sharedTaste)).toBeLessThan(0.04);
    expect(Math.abs(mean(squares) - 1)).toBeLessThan(0.04);
  },
);

test("without a catalogue items are drawn as ever: it only takes places of what is drawn then", () => {
  const { catalogue: _, ...without } = config;
  const plain = marketItems("a", 100, without, streamOf(1, "market", "a"));
  const mixed = itemsOf("a", 100);
  expect([...plain.known]).toEqual(Array.from({ length: 100 }, () => -1));
  mixed.known.forEach((c, i) => {
    if (c >= 0) return;
    expect(mixed.ids[i]).toBe(plain.ids[i]);
    expect(vectorOf(mixed, i)).toEqual(vectorOf(plain, i));
    expect(mixed.price[i]).toBe(plain.price[i]);
  });
});

test("titles are distinct words, and alike items share more of them the sharper they are", () => {
  const items = itemsOf("a", 400);
  const overlap = (sharpness: number) => {
    const words = titlesOf(items, { ...config, titles: { words: 4, sharpness } }).map(
      (title) => new Set(title.split(" ")),
    );
    expect(words.every((own) => own.size === 4)).toBe(true);
    const [alike, others]: [number[], number[]] = [[], []];
    for (let i = 0; i < 400; i++)
      for (let j = 0; j < i; j++) {
        const [x, y] = [vectorOf(items, i), vectorOf(items, j)];
        const cosine =
          x.reduce((sum, value, k) => sum + value * y[k]!, 0) / Math.hypot(...x) / Math.hypot(...y);
        (cosine > 0.9 ? alike : others).push(words[i]!.intersection(words[j]!).size);
      }
    return mean(alike) / mean(others);
  };
  expect(Math.abs(overlap(0) - 1)).toBeLessThan(0.25);
  expect(overlap(2)).toBeGreaterThan(2);
});
