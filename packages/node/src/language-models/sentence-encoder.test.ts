import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { whyNot } from "./installed.fixture.ts";
import { sentenceVectorizer } from "./sentences.ts";
import {
  TINY_SENTENCE_WIDTH as WIDTH,
  tinySentences,
  tinyTable,
  tinyWords,
} from "./tiny-models/tiny-sentences.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-encoder-"));
afterAll(() => rmSync(folder, { recursive: true }));

function encoder(name: string, files: ReturnType<typeof tinySentences>) {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return sentenceVectorizer({ kind: "sentence", model: name }, { directory: folder });
}

/** The mean of the rows of the tokens, specials among them, at length 1. */
function expected(tokens: readonly string[]): number[] {
  const table = tinyTable();
  const rows = ["[CLS]", ...tokens, "[SEP]"].map((token) => tinyWords.indexOf(token));
  const sum = Array.from({ length: WIDTH }, (_, at) =>
    rows.reduce((total, row) => total + table[row * WIDTH + at]!, 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

const missing = await whyNot("@huggingface/transformers");

test("without the package: what to install, at the first text", async ({ skip }) => {
  skip(missing === undefined, "@huggingface/transformers is installed");
  await expect(encoder("tiny", tinySentences()).vectorize(["tea"])).rejects.toMatchObject({
    code: "AUGMENTATION_PACKAGE",
  });
});

describe("an encoder with a random table through @huggingface/transformers", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("a text is the mean of its tokens at length 1; nothing said is 0; order and company are kept", async () => {
    const vectorizer = encoder("tiny", tinySentences());
    expect(vectorizer.dimensions).toBe(WIDTH);
    const texts = ["Green tea", " ", "bread, butter and knife", "pan"];
    const tokens = [["green", "tea"], [], ["bread", "[UNK]", "butter", "[UNK]", "knife"], ["pan"]];
    const vectors = await vectorizer.vectorize(texts);
    for (const [place, words] of tokens.entries()) {
      const vector = [...vectors.subarray(place * WIDTH, (place + 1) * WIDTH)];
      const wanted = words.length === 0 ? Array.from({ length: WIDTH }, () => 0) : expected(words);
      for (const [at, value] of vector.entries()) expect(value).toBeCloseTo(wanted[at]!, 6);
    }
  });

  test("more texts than fit into one run come in their places", async () => {
    const texts = Array.from({ length: 70 }, (_, i) => tinyWords[4 + (i % 8)]!);
    const vectors = await encoder("tiny", tinySentences()).vectorize(texts);
    for (const place of [0, 31, 32, 69])
      expect(vectors[place * WIDTH]).toBeCloseTo(expected([texts[place]!])[0]!, 6);
  });

  test("a folder without its ONNX file, or with vectors of another length, is refused", async () => {
    const { "onnx/model.onnx": _, ...rest } = tinySentences();
    await expect(encoder("half", rest).vectorize(["tea"])).rejects.toMatchObject({
      code: "AUGMENTATION_MODEL",
      message: expect.stringMatching(/"half".* does not load/),
    });
    const config = '{"model_type": "bert", "hidden_size": 9}';
    const other = encoder("other", { ...tinySentences(), "config.json": config });
    await expect(other.vectorize(["tea"])).rejects.toMatchObject({
      code: "AUGMENTATION_MODEL",
      message: expect.stringMatching(/have 8 entries, config\.json says 9/),
    });
  });
});
