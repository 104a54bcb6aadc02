import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeMessages } from "../../../federation/index.ts";
import { anchorsStage } from "./anchors.ts";
import { anchorSettings, findAnchors, type Catalogue, type Found } from "./run.fixture.ts";
import { toyCryptography, toyPoint } from "./toy-group.fixture.ts";

const three: Record<string, Catalogue> = {
  be: { positives: ["cup", "pan", "pot", "pot"] },
  de: { positives: ["pan", "lid", "pot", "tin"], negatives: ["cup"] },
  nl: { positives: ["tin", "jar"], heldOut: ["pan", "lid"] },
};

/** Raw value by anchor number, from what one market found. */
function named({ anchors, values }: Found, market: string): Map<number, string> {
  return new Map([...anchors[market]!.ids].map((id, i) => [id, values[market]![i]!]));
}

/** The items that two or more catalogues hold, by plain counting. */
function plainly(catalogues: Readonly<Record<string, Catalogue>>): Set<string> {
  const holders = new Map<string, number>();
  for (const { positives } of Object.values(catalogues))
    for (const item of new Set(positives)) holders.set(item, (holders.get(item) ?? 0) + 1);
  return new Set([...holders].filter(([, count]) => count > 1).map(([item]) => item));
}

test("three markets find what two of them have training positives of, and nothing else", async () => {
  const found = await findAnchors(three);
  const sorted = Object.fromEntries(
    Object.entries(found.values).map(([market, own]) => [market, own.toSorted()]),
  );
  expect(sorted).toEqual({ be: ["pan", "pot"], de: ["pan", "pot", "tin"], nl: ["tin"] });
  // pot has two training rows in be, pan one, cup one: numbers 1, 3 and 2 in the order of counts, then names.
  expect([...found.anchors["be"]!.items]).toEqual([1, 4]);
  for (const { numAnchors } of Object.values(found.anchors)) expect(numAnchors).toBe(3);
});

const catalogues = fc
  .array(fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 8 }), {
    minLength: 2,
    maxLength: 5,
  })
  .map((lists) =>
    Object.fromEntries(
      lists.map((list, i) => [`m${i}`, { positives: list.map((item) => `i${item}`) }]),
    ),
  );

test("on random catalogues of 2 to 5 markets it is the plain intersection, with common numbers", async () => {
  await fc.assert(
    fc.asyncProperty(catalogues, fc.integer(), async (own, seed) => {
      const markets = Object.keys(own);
      const found = await findAnchors(own, {
        cryptography: (market) => toyCryptography(seed + markets.indexOf(market)),
      });
      const shared = plainly(own);
      const common = new Map<number, string>();
      for (const market of markets) {
        const expected = new Set(own[market]!.positives.filter((item) => shared.has(item)));
        expect(new Set(found.values[market])).toEqual(expected);
        const { items, ids, numAnchors } = found.anchors[market]!;
        expect(items).toEqual(items.toSorted());
        expect(numAnchors).toBe(shared.size);
        for (const id of ids) expect(id >= 0 && id < numAnchors).toBe(true);
        for (const [id, item] of named(found, market)) {
          expect(common.get(id) ?? item).toBe(item);
          common.set(id, item);
        }
      }
      // One number per item and one item per number.
      expect(common.size).toBe(shared.size);
      expect(new Set(common.values())).toEqual(shared);
    }),
    { numRuns: 25 },
  );
});

test("neither the order of clients nor their secrets change what is found", async () => {
  const found = await findAnchors(three);
  const turned = await findAnchors(Object.fromEntries(Object.entries(three).toReversed()));
  expect(turned.anchors).toEqual(found.anchors);
  const others = await findAnchors(three, {
    cryptography: (market) => toyCryptography(1000 + market.charCodeAt(0)),
  });
  expect(others.values).toEqual(found.values);
  for (const market of Object.keys(three))
    expect(others.anchors[market]!.items).toEqual(found.anchors[market]!.items);
});

test("two markets without a common item are told so; one alone is asked for nothing", async () => {
  const apart = await findAnchors({ a: { positives: ["x"] }, b: { positives: ["y"] } });
  expect(apart.values).toEqual({ a: [], b: [] });
  const alone = await findAnchors({ a: { positives: ["x", "y"] } });
  expect(alone.anchors["a"]).toEqual({
    items: new Int32Array(0),
    ids: new Int32Array(0),
    numAnchors: 0,
  });
  expect(alone.letters.map(({ message }) => message.kind)).toEqual(["tell", "told"]);
});

/** How many exchanges lie between the first list and the last answer: own lists, one hop per other market, the end. */
test("n markets need n + 1 exchanges, and every market multiplies every list once", async () => {
  for (const numMarkets of [2, 3, 5]) {
    const own = Object.fromEntries(
      Array.from({ length: numMarkets }, (_, i) => [`m${i}`, { positives: ["x", `own${i}`] }]),
    );
    const { letters } = await findAnchors(own);
    expect(new Set(letters.map(({ message }) => message.round)).size).toBe(numMarkets + 1);
    expect(anchorsStage(anchorSettings).rounds!(numMarkets)).toBe(numMarkets + 1);
    expect(letters.filter(({ message }) => message.kind === "passed")).toHaveLength(
      numMarkets * (numMarkets - 1),
    );
  }
});

describe.each([1, 2, 3])("stopped after exchange %i of 4", (stopAfter) => {
  test("and resumed, it finds the same", async () => {
    const { anchors, letters } = await findAnchors(three);
    const resumed = await findAnchors(three, { stopAfter });
    expect(resumed.anchors).toEqual(anchors);
    // Nothing is asked for a second time: the saved secret goes on.
    const kinds = (found: typeof letters) => found.map(({ message }) => message.kind).toSorted();
    expect(kinds(resumed.letters)).toEqual(kinds(letters));
  });
});

describe("what travels", () => {
  const markets = Object.keys(three);
  const ids = [...new Set(Object.values(three).flatMap(({ positives }) => positives))];

  test("no message holds an item id, an unblinded point or a secret", async () => {
    const secrets: Uint8Array[] = [];
    const { letters } = await findAnchors(three, {
      cryptography: (market) => {
        const toy = toyCryptography(markets.indexOf(market));
        return {
          ...toy,
          createBlinding: (given) => {
            const blinding = toy.createBlinding(given);
            secrets.push(blinding.secret);
            return blinding;
          },
        };
      },
    });
    expect(secrets).toHaveLength(3);
    for (const { bytes } of letters) {
      const whole = Buffer.from(bytes);
      for (const id of ids) {
        expect(whole.includes(id)).toBe(false);
        expect(whole.includes(Buffer.from(toyPoint(id)).subarray(-8))).toBe(false);
      }
      for (const secret of secrets) expect(whole.includes(Buffer.from(secret))).toBe(false);
    }
  });

  test("a market receives lists only under others' secrets: no point of them is one of its own", async () => {
    const { letters } = await findAnchors(three);
    for (const market of markets) {
      const points = (kind: string) =>
        letters
          .filter(({ client, message }) => client === market && message.kind === kind)
          .flatMap(({ message: { arrays } }) => {
            const bytes = Buffer.from(arrays["points"]!.data as Uint8Array);
            return Array.from({ length: bytes.length / 32 }, (_, i) =>
              bytes.subarray(i * 32, (i + 1) * 32).toString("hex"),
            );
          });
      const [received, own] = [points("pass"), new Set(points("offered"))];
      expect(received.length).toBeGreaterThan(0);
      for (const point of received) expect(own.has(point)).toBe(false);
      // Nor do two lists that it received have a point in common, though they have items in common.
      expect(new Set(received).size).toBe(received.length);
    }
  });

  test("a market is told places of its own list alone", async () => {
    const { letters } = await findAnchors(three);
    for (const { message } of letters.filter(({ message }) => message.kind === "tell")) {
      expect(Object.keys(message.arrays).toSorted()).toEqual(["ids", "positions"]);
      expect(Object.keys(message.metadata)).toEqual(["numAnchors"]);
    }
  });

  test("lists travel in the order of their points, and as many bytes as there are items", async () => {
    const { letters } = await findAnchors(three);
    const offered = letters.filter(({ message }) => message.kind === "offered");
    const sizes = Object.fromEntries(
      offered.map(({ client, message }) => [client, message.arrays["points"]!.data.length]),
    );
    expect(sizes).toEqual({ be: 3 * 32, de: 4 * 32, nl: 2 * 32 });
    for (const { message } of offered) {
      const bytes = Buffer.from(message.arrays["points"]!.data as Uint8Array);
      for (let at = 32; at < bytes.length; at += 32)
        expect(bytes.compare(bytes, at, at + 32, at - 32, at)).toBe(-1);
    }
  });

  test("every array says what it reveals", () => {
    const declared = describeMessages([anchorsStage(anchorSettings)]);
    expect(declared.map(({ kind }) => kind)).toEqual([
      "offer",
      "offered",
      "pass",
      "passed",
      "tell",
      "told",
    ]);
    for (const { arrays } of declared)
      for (const reveals of Object.values(arrays)) expect(reveals.length).toBeGreaterThan(40);
  });
});
