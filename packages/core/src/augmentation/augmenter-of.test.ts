import { describe, expect, test } from "vitest";
import { trainingEvents, type Population } from "../population/index.ts";
import { augmenterOf, type AugmenterOptions } from "./augmenter-of.ts";
import { augmentationConfig, type ActiveAugmentation } from "./config.ts";
import { popularityOf, populationOfItems, TEXTS } from "./population.fixture.ts";

const KINDS = {
  heuristic: {},
  random: {},
  "openai-compatible": { baseUrl: "http://127.0.0.1/v1" },
  local: { model: "any.gguf" },
} as const;

function settingsOf(kind: keyof typeof KINDS, own: object = {}): ActiveAugmentation {
  const settings = augmentationConfig.parse({ kind, ...KINDS[kind], ...own });
  if (settings.kind === "none") throw new RangeError("augmentation is none");
  return settings;
}

const population = populationOfItems([[0, 1, 8, 2, 3]]);
const of = (settings: ActiveAugmentation, own: Partial<AugmenterOptions> = {}, on = population) =>
  augmenterOf(on, {
    settings,
    events: trainingEvents(on),
    popularity: popularityOf(on),
    decay: 0.8,
    together: false,
    ...own,
  });

const without = (itemText: Population["itemText"]): Population => ({ ...population, itemText });

describe("the augmenter of the settings", () => {
  test.each(["heuristic", "random"] as const)("of kind %s is named so", (kind) => {
    expect(of(settingsOf(kind)).name).toBe(kind);
  });

  test("knows who had what together with what only where it may", async () => {
    // Who had 0 had 5, whose text has nothing in common with it; 1 is more popular.
    const many = populationOfItems([
      [0, 5, 6, 6],
      [0, 5, 6, 6],
      [1, 6, 6],
      [1, 6, 6],
      [1, 6, 6],
      [0, 6, 6],
    ]);
    const texts = TEXTS.map((_, i) => `own${i}`);
    const pick = (together: boolean) =>
      of(
        settingsOf("heuristic", { liked: 1, disliked: 1 }),
        { together },
        { ...many, itemText: texts },
      ).pick({
        history: { user: 5, items: [0], ages: [0] },
        domain: 0,
        candidates: [1, 5, 3],
      });
    expect(await pick(false)).toEqual({ liked: [1], disliked: [3] });
    expect(await pick(true)).toEqual({ liked: [5], disliked: [3] });
  });

  test.each(["openai-compatible", "local"] as const)("of kind %s needs services", (kind) => {
    expect(() => of(settingsOf(kind))).toThrow(RangeError);
  });

  test.each([
    ["heuristic", ["items"], "items", "set augmentation.stages to [sequences]"],
    ["random", ["profiles", "sequences"], "profiles", "set augmentation.stages to [sequences]"],
    ["local", ["sequences"], "sequences", "set augmentation.kind to heuristic"],
    [
      "openai-compatible",
      ["items", "profiles"],
      "items, profiles",
      "set augmentation.kind to heuristic",
    ],
  ] as const)(
    "of kind %s refuses the stages %j where there are no texts",
    (kind, stages, named, wayOut) => {
      for (const [texts, why] of [
        [undefined, "no column has the role text; name one"],
        [TEXTS.map(() => " ?"), "no text has a word; name another column"],
      ] as const)
        expect(() => of(settingsOf(kind, { stages }), {}, without(texts))).toThrow(
          expect.objectContaining({
            code: "METHOD_NEEDS_TEXT",
            message: `clients food, kitchen: augmentation ${kind} makes ${named} of public texts, but ${why} in data.columns.text or ${wayOut}${
              wayOut.includes("stages") ? "" : " and augmentation.stages to [sequences]"
            }`,
          }),
        );
    },
  );

  test.each(["heuristic", "random"] as const)(
    "of kind %s lengthens sequences without texts",
    async (kind) => {
      const augmenter = of(settingsOf(kind, { stages: ["sequences"] }), {}, without(undefined));
      const { liked } = await augmenter.pick({
        history: { user: 0, items: [0], ages: [0] },
        domain: 0,
        candidates: [4, 5, 6],
      });
      expect(liked).toHaveLength(2);
    },
  );
});
