import { expect, test } from "vitest";
import type { AugmentationServices } from "../../augmentation/index.ts";
import { jaxExecutor } from "../../tensor/index.ts";
import { peopleOf } from "./people.ts";
import { contextsOf, ITEMS, peopleInOrder, settingsFor } from "./people.fixture.ts";
import { configOf } from "./privacy/privacy.fixture.ts";
import { sizesOf, type Catalogue } from "./settings.ts";
import { augmentationOf, wordWidthOf } from "./user-augmentation.ts";

const [context] = contextsOf({ splits: peopleInOrder(9), executor: jaxExecutor() });
const people = peopleOf(context!);
const settings = settingsFor();
const configFor = (augmentation: Readonly<Record<string, unknown>>, own = {}) =>
  configOf({ augmentation, ...own });
const augmented = (augmentation: Readonly<Record<string, unknown>>) =>
  augmentationOf(context!, settings, configFor(augmentation), { people, party: "user" });

test("a stage that is not asked for leaves nothing", async () => {
  const sequences = (await augmented({ kind: "heuristic", stages: ["sequences"], weight: 0.5 }))!;
  expect(sequences.vectors).toMatchObject({ items: undefined, profiles: undefined });
  expect(sequences.picked!.weight).toBe(0.5);
  // One of the ten has all items already.
  expect(sequences.numbers.augmented).toBe(9);
  expect(sequences.numbers.meanLengthAfter).toBeGreaterThan(sequences.numbers.meanLengthBefore);
  expect(sequences.numbers.density!.after).toBeGreaterThan(sequences.numbers.density!.before);
  expect(sequences.numbers).not.toHaveProperty("descriptions");

  const words = (await augmented({
    kind: "heuristic",
    stages: ["items", "profiles"],
    vectors: { kind: "hashing", dimensions: 6 },
  }))!;
  expect(words.picked).toBeUndefined();
  expect(words.vectors.items).toHaveLength(2 * ITEMS * 6);
  expect(words.vectors.profiles).toHaveLength(10 * 2 * 6);
  expect(words.numbers.augmented).toBe(0);
  expect(words.numbers).not.toHaveProperty("answers");
});

test("five items are kept to be read, with their public texts", async () => {
  const { descriptions } = (await augmented({ kind: "heuristic", stages: ["items"] }))!.numbers;
  expect(descriptions).toHaveLength(5);
  for (const { item, words } of descriptions!) {
    expect(people.population.itemText).toContain(item);
    expect(words).not.toBe("");
  }
});

test("nothing is augmented where nothing was asked for", async () => {
  expect(await augmented({ kind: "none" })).toBeUndefined();
});

test("progress goes from 0 to 1 over all stages", async () => {
  const shares: number[] = [];
  const watching = {
    ...context!,
    onProgress: ({ share }: { share: number }) => shares.push(share),
  };
  await augmentationOf(watching, settings, configFor({ kind: "heuristic" }), {
    people,
    party: "pooled",
  });
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});

test("widths follow from what words are encoded by", () => {
  const hashing = { vectors: { kind: "hashing", dimensions: 5 } };
  const width = (augmentation: Readonly<Record<string, unknown>>, services = {}) =>
    wordWidthOf(configFor(augmentation), services);
  expect(width({ kind: "none" })).toBeUndefined();
  expect(width({ kind: "heuristic", stages: ["sequences"] })).toBeUndefined();
  expect(width({ kind: "heuristic", stages: ["profiles"], ...hashing })).toBe(5);
  const sentence = { kind: "heuristic", vectors: { kind: "sentence", model: "some-encoder" } };
  const sentences: AugmentationServices["sentences"] = ({ model }) => ({
    dimensions: model.length,
    vectorize: () => Promise.reject(new RangeError("nobody asked")),
  });
  expect(width(sentence, { augmentation: { sentences } })).toBe(12);
  expect(() => width(sentence)).toThrow(RangeError);
});

test("sizes have room for what the stages say, and for nothing else", () => {
  const catalogue: Catalogue = { domains: ["a", "b"], items: 9, hasText: true, wordWidth: 5 };
  const sizes = (stages: readonly string[], items = {}) => {
    const config = configFor({ kind: "heuristic", stages, liked: 3 }, { items, length: 4 });
    const {
      publicWidth,
      profileWidth,
      augmented: isAugmented,
      targets,
    } = sizesOf(config, catalogue);
    return { publicWidth, profileWidth, isAugmented, targets };
  };
  const nothing = { publicWidth: 0, profileWidth: 0, isAugmented: false, targets: 4 };
  expect(sizes(["sequences"])).toEqual({ ...nothing, isAugmented: true, targets: 4 + 2 * 3 });
  expect(sizes(["items"])).toEqual({ ...nothing, publicWidth: 5 });
  expect(sizes(["profiles"])).toEqual({ ...nothing, profileWidth: 5 });
  const publicItems = { vectors: "public", dimensions: 7, order: 1 };
  expect(sizes(["items"], publicItems)).toEqual({ ...nothing, publicWidth: 7 + 2 + 2 + 5 });
  expect(sizes(["profiles"], publicItems)).toMatchObject({ publicWidth: 7 + 2 + 2 });
});
