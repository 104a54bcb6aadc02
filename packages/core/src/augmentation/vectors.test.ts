import { describe, expect, test } from "vitest";
import { settingsOf } from "./population.fixture.ts";
import { hashingVectorizer } from "./hashing.ts";
import { augmentationVectors } from "./vectors.ts";

const settings = settingsOf({ vectors: { kind: "hashing", dimensions: 8 } });
const sentence = { vectors: { kind: "sentence", model: "any" } } as const;

describe("vectors of words", () => {
  test("each row is its text's vector, 0 where there is no text", async () => {
    const descriptions = ["tea", undefined, "pot", "tea"];
    const profiles = [undefined, "pot", "jar", "jar"];
    const made = await augmentationVectors({ descriptions, profiles }, { settings, domains: 2 });
    expect(made.width).toBe(8);
    for (const [texts, rows] of [
      [descriptions, made.items!],
      [profiles, made.profiles!],
    ] as const) {
      expect(rows).toHaveLength(4 * 8);
      const expected = await hashingVectorizer(8).vectorize(texts.map((text) => text ?? ""));
      expect(rows).toEqual(expected);
    }
    expect(made.items!.subarray(0, 8).some((value) => value !== 0)).toBe(true);
  });

  test("stages that are off have none, and then no encoder is loaded", async () => {
    const none = { descriptions: undefined, profiles: undefined };
    const services = {
      sentences: () => {
        throw new Error("loaded");
      },
    };
    expect(await augmentationVectors(none, { settings: sentence, services, domains: 2 })).toEqual({
      items: undefined,
      profiles: undefined,
      width: 0,
    });
    const half = { descriptions: ["tea"], profiles: undefined };
    expect((await augmentationVectors(half, { settings, domains: 2 })).profiles).toBeUndefined();
    await expect(
      augmentationVectors(half, { settings: sentence, services, domains: 2 }),
    ).rejects.toThrow("loaded");
  });

  test("a sentence encoder reads each distinct text once, a limited number at a time", async () => {
    const calls: (readonly string[])[] = [];
    const services = {
      sentences: () => ({
        dimensions: 1,
        vectorize: (texts: readonly string[]) => {
          calls.push(texts);
          return Promise.resolve(Float32Array.from(texts, (text) => Number(text)));
        },
      }),
    };
    const descriptions = Array.from({ length: 3000 }, (_, i) => String(1 + (i % 1000)));
    const { items } = await augmentationVectors(
      { descriptions, profiles: undefined },
      { settings: sentence, services, domains: 1 },
    );
    expect(Array.from(items!)).toEqual(descriptions.map(Number));
    expect(calls.map(({ length }) => length)).toEqual([512, 488]);
  });

  test("refused are an encoder of another width, none at all, and profiles of half a user", async () => {
    const services = {
      sentences: () => ({ dimensions: 2, vectorize: () => Promise.resolve(new Float32Array(1)) }),
    };
    const said = { descriptions: ["tea"], profiles: undefined };
    const read = [
      augmentationVectors(said, { settings: sentence, services, domains: 1 }),
      augmentationVectors(said, { settings: sentence, domains: 1 }),
      augmentationVectors({ ...said, profiles: ["tea"] }, { settings, domains: 2 }),
    ];
    for (const made of read) await expect(made).rejects.toThrow(RangeError);
  });
});
