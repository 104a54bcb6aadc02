import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeGguf } from "./gguf.ts";
import { tinyLlama } from "./tiny-llama.ts";
import { tinyVocabulary } from "./vocabulary.ts";

/** Read by the Python package gguf: benchmarks/reference/tiny_llama.py. */
const facts = JSON.parse(
  readFileSync(join(import.meta.dirname, "__fixtures__/tiny-llama.json"), "utf8"),
) as {
  readonly sha256: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly dimensions: readonly number[];
    readonly type: string;
    readonly offset: number;
    readonly sum: number;
  }[];
};

const bytes = tinyLlama();
const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

describe("the tiny model as another program reads it", () => {
  test("these are the bytes that it read, less than 1 MiB of them", () => {
    expect(sha256(bytes)).toBe(facts.sha256);
    expect(bytes.length).toBeLessThan(1 << 20);
  });

  test("it found a llama with a vocabulary, bytes and specials among it", () => {
    const size = tinyVocabulary().length;
    expect(facts.metadata).toMatchObject({
      "GGUF.version": 3,
      "general.architecture": "llama",
      "llama.block_count": 2,
      "llama.embedding_length": 32,
      "llama.vocab_size": size,
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.tokens": [size, "<unk>", "<s>", "~"],
      "tokenizer.ggml.token_type": [size, 2, 3, 1],
      "tokenizer.ggml.add_bos_token": true,
    });
  });

  test("its tensors lie where they were put: 2 layers of 9, two tables and a norm", () => {
    expect(facts.tensors).toHaveLength(2 * 9 + 3);
    for (const { dimensions, offset, sum, type } of facts.tensors) {
      expect(type).toBe("F32");
      expect(offset % 32).toBe(0);
      const size = dimensions.reduce((product, dimension) => product * dimension, 1);
      const values = new Float32Array(bytes.slice(offset, offset + 4 * size).buffer);
      expect(values.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 9);
    }
  });
});

test("another seed gives other weights in as many bytes; a chat template goes into the file", () => {
  const other = tinyLlama({ seed: 2 });
  expect(other.length).toBe(bytes.length);
  expect(sha256(other)).not.toBe(facts.sha256);
  const text = Buffer.from(tinyLlama({ chatTemplate: "{{ messages }}" })).toString("latin1");
  expect(text).toContain("tokenizer.chat_template");
  expect(text).toContain("{{ messages }}");
});

test("no two tokens are the same", () => {
  const texts = tinyVocabulary().map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
});

test("a file of one value and one tensor, byte by byte as the format describes it", () => {
  const file = writeGguf({
    metadata: { a: { kind: "int32s", value: [-1, 2] } },
    tensors: [{ name: "t", dimensions: [2, 1], data: Float32Array.of(1, -2) }],
  });
  const hex = (text: string) => text.replaceAll(/\s/g, "");
  expect(Buffer.from(file.subarray(0, 57)).toString("hex")).toBe(
    hex(`47475546 03000000 0100000000000000 0100000000000000
         0100000000000000 61 09000000 05000000 0200000000000000 ffffffff 02000000`),
  );
  expect(Buffer.from(file.subarray(57, 98)).toString("hex")).toBe(
    hex(`0100000000000000 74 02000000 0200000000000000 0100000000000000 00000000 0000000000000000`),
  );
  expect(Buffer.from(file.subarray(128)).toString("hex")).toBe(
    hex(`0000803f 000000c0`) + "00".repeat(24),
  );
});

test("a tensor whose values do not fill its dimensions is refused", () => {
  const tensor = { name: "t", dimensions: [2, 2], data: new Float32Array(3) };
  expect(() => writeGguf({ metadata: {}, tensors: [tensor] })).toThrow(
    "tensor t: 3 values do not fill [2,2]",
  );
});
