import { augmentationConfig, type LanguageModelSettings } from "@atoll/core/augmentation";
import { expect, test } from "vitest";
import { augmentationSource, storePathOf } from "./source.ts";

const settings = (own: Readonly<Record<string, unknown>> = {}) =>
  augmentationConfig.parse({
    kind: "openai-compatible",
    baseUrl: "http://127.0.0.1/v1",
    model: "m",
    ...own,
  }) as LanguageModelSettings;

test("answers lie where the settings say, counted from the experiment, or in the cache", () => {
  const place = { experimentDirectory: "/home/ann/study", cache: "/home/ann/study/.atoll/cache" };
  expect(storePathOf(settings(), place)).toBe("/home/ann/study/.atoll/cache/augmentation.sqlite");
  expect(storePathOf(settings({ cache: "a.sqlite" }), place)).toBe("/home/ann/study/a.sqlite");
  expect(storePathOf(settings({ cache: "/data/a" }), place)).toBe("/data/a");
  const off = { ...place, cache: undefined };
  expect(storePathOf(settings({ cache: "a.sqlite" }), off)).toBe("/home/ann/study/a.sqlite");
  expect(() => storePathOf(settings(), off)).toThrow(
    "ATOLL_CACHE=off leaves no place for the answers of the language model; name a file in augmentation.cache, or unset ATOLL_CACHE",
  );
});

test("what threads get is plain data, and has no answers where nobody is asked", async () => {
  const place = { experimentDirectory: "/study", cache: "/cache" };
  expect(
    await augmentationSource(augmentationConfig.parse({ kind: "heuristic" }) as never, place),
  ).toEqual({
    directory: "/study",
  });
  const source = await augmentationSource(settings(), place);
  expect(structuredClone(source)).toEqual(source);
  expect(source.answers).toMatchObject({ storePath: "/cache/augmentation.sqlite", model: "m" });
  expect(Object.keys(source.answers!.templates).toSorted()).toEqual([
    "items",
    "profiles",
    "sequences",
  ]);
});
