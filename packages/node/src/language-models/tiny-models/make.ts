/**
 * Writes tiny models with random weights: `node make.ts FOLDER` makes FOLDER/tiny-llama.gguf, for augmentation.kind
 * local, and FOLDER/tiny-sentences, for augmentation.vectors.kind sentence.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tinyLlama } from "./tiny-llama.ts";
import { tinySentences } from "./tiny-sentences.ts";

const folder = process.argv[2];
if (folder === undefined) throw new RangeError("usage: node make.ts FOLDER");
const sentences = Object.entries(tinySentences()).map(
  ([path, content]) => [join("tiny-sentences", path), content] as const,
);
for (const [path, content] of [["tiny-llama.gguf", tinyLlama()] as const, ...sentences]) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
