import { describe, expect, test } from "vitest";
import { textIndex } from "../../request/index.ts";
import { heuristicWords } from "./words.ts";

// Items 0 to 4 are food, 5 to 8 kitchen.
const TITLES = [
  "Green tea, organic tea 16 oz",
  "Oolong tea",
  "Oolong coffee 16",
  "",
  "!",
  "Glass pot for tea",
  "Glass pan 30",
  "Steel pan 30",
  "Steel pot glass lid knob rim",
];
const population = { domains: ["food", "kitchen"], itemStarts: Int32Array.of(0, 5, 9) };
const words = (titles = TITLES, own = population) =>
  heuristicWords({ population: own, text: textIndex(titles), decay: 0.5 });
const history = (items: readonly number[]) => ({ user: 0, items, ages: items.map(() => 0) });

describe("words of items", () => {
  test("are their heaviest terms, those that several items have first, and the ones of every domain", async () => {
    const [green, oolong, none, sign, pot, pan] = await words().describe([0, 1, 3, 4, 5, 6]);
    // No other item has green, organic and oz; 16 has no letter, and is more common.
    expect(green).toBe("terms: tea, green, organic, oz, 16; shared: tea");
    expect(oolong).toBe("terms: oolong, tea; shared: tea");
    expect([none, sign]).toEqual([undefined, undefined]);
    expect(pot).toBe("terms: pot, glass, tea, for; shared: tea");
    expect(pan).toBe("terms: pan, glass, 30");
  });

  test("are five terms at most", async () => {
    // knob, lid and rim weigh alike, and only two of them have room: those first in the alphabet.
    expect((await words().describe([8]))[0]).toBe("terms: pot, steel, glass, knob, lid");
  });

  test("in a single domain none is shared", async () => {
    const own = { domains: ["all"], itemStarts: Int32Array.of(0, 9) };
    expect((await words(TITLES, own).describe([1]))[0]).toBe("terms: oolong, tea");
  });
});

describe("words of a user", () => {
  test("are the heaviest terms of the history, later events counting more, and the domains of events", async () => {
    const { profile } = words();
    // Steel 1, pan 1 + .5, glass .5, each times a weight.
    expect(await profile(history([1, 6, 7]))).toMatch(
      /^terms: pan, steel, glass, oolong, tea, 30; food: 30%; kitchen: 70%$/,
    );
    expect(await profile(history([7, 6, 1]))).toMatch(
      /^terms: oolong, tea, pan, glass, steel, 30;/,
    );
    expect(await profile(history([1]))).toBe("terms: oolong, tea; food: 100%");
  });

  test("are none where no text has a word, and where there are no texts", async () => {
    expect(await words().profile(history([3, 4]))).toBeUndefined();
    expect(await words().profile(history([]))).toBeUndefined();
    const none = heuristicWords({ population, text: undefined, decay: 0.5 });
    expect(await none.profile(history([1]))).toBeUndefined();
    expect(await none.describe([0, 1])).toEqual([undefined, undefined]);
  });
});
