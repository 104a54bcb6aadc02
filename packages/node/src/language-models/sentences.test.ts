import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SentenceSettings } from "@atoll/core/augmentation";
import { afterAll, describe, expect, test } from "vitest";
import { sentenceVectorizer } from "./sentences.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-sentences-"));
afterAll(() => rmSync(folder, { recursive: true }));

const settings = (model: string): SentenceSettings => ({ kind: "sentence", model });

/** An encoder's folder with this config.json and nothing else. */
function encoderWith(name: string, config: string): SentenceSettings {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "config.json"), config);
  return settings(name);
}

test.each([
  ["bert", { hidden_size: 384, dim: 7 }, 384],
  ["distilbert", { dim: 768 }, 768],
  ["t5", { d_model: 512 }, 512],
])("the length of vectors stands in config.json: %s", (name, config, dimensions) => {
  const encoder = encoderWith(name, JSON.stringify(config));
  expect(sentenceVectorizer(encoder, { directory: folder }).dimensions).toBe(dimensions);
});

test("texts that say nothing are 0, and nothing is loaded for them", async () => {
  const encoder = encoderWith("empty", '{"hidden_size": 3}');
  const vectorizer = sentenceVectorizer(encoder, { directory: folder });
  expect(await vectorizer.vectorize(["", " \n"])).toEqual(new Float32Array(6));
});

describe("what is no encoder is refused before any text is read", () => {
  test.each([
    ["nowhere", undefined, /augmentation\.vectors\.model "nowhere": ENOENT.*onnx\/model\.onnx/],
    ["text", "no JSON", /augmentation\.vectors\.model "text": .*not valid JSON/],
    ["short", '{"hidden_size": 0.5}', /has none of hidden_size, dim, d_model, n_embd; give/],
    ["null", "null", /augmentation\.vectors\.model "null"/],
  ])("%s", (name, config, message) => {
    const encoder = config === undefined ? settings(name) : encoderWith(name, config);
    expect(() => sentenceVectorizer(encoder, { directory: folder })).toThrow(
      expect.objectContaining({
        code: "AUGMENTATION_MODEL",
        message: expect.stringMatching(message),
      }),
    );
  });
});
