import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SentenceSettings, TextVectorizer } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import { importPeer } from "./peers.ts";

/** Texts that one run of the encoder reads. */
const BATCH = 32;
/** Where encoders' config.json says how long their vectors are. */
const LENGTH_KEYS = ["hidden_size", "dim", "d_model", "n_embd"] as const;

/** What is used of @huggingface/transformers 4.3. */
interface TransformersModule {
  readonly env: { allowRemoteModels: boolean };
  readonly pipeline: (
    task: "feature-extraction",
    folder: string,
    options: { readonly local_files_only: true; readonly dtype: "fp32"; readonly device: "cpu" },
  ) => Promise<Extractor>;
}

type Extractor = (
  texts: readonly string[],
  options: { readonly pooling: "mean"; readonly normalize: true },
) => Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }>;

/**
 * Sentence vectors of a local encoder through @huggingface/transformers, which is not installed with Atoll: the mean
 * of the last states of a text's tokens, at length 1. Nothing is fetched: the folder has config.json, tokenizer.json,
 * tokenizer_config.json and onnx/model.onnx, as models on the Hugging Face hub do that are made for it.
 *
 * Throws AUGMENTATION_MODEL where the folder is no such encoder; AUGMENTATION_PACKAGE, at the first texts, without
 * the package.
 */
export function sentenceVectorizer(
  settings: SentenceSettings,
  { directory }: { readonly directory: string },
): TextVectorizer {
  const folder = resolve(directory, settings.model);
  const dimensions = lengthOf(settings, folder);
  let loading: Promise<Extractor> | undefined;
  return {
    dimensions,
    async vectorize(texts) {
      const vectors = new Float32Array(texts.length * dimensions);
      const told = texts.flatMap((text, place) => (text.trim() === "" ? [] : [place]));
      for (let start = 0; start < told.length; start += BATCH) {
        const batch = told.slice(start, start + BATCH);
        loading ??= load(settings, folder);
        const extract = await loading;
        const { dims, data } = await extract(
          batch.map((place) => texts[place]!),
          { pooling: "mean", normalize: true },
        );
        if (dims[1] !== dimensions)
          throw problem(
            settings,
            `its vectors have ${dims[1]} entries, config.json says ${dimensions}; give the config.json that belongs to the ONNX file`,
          );
        for (const [row, place] of batch.entries())
          vectors.set(data.subarray(row * dimensions, (row + 1) * dimensions), place * dimensions);
      }
      return vectors;
    },
  };
}

async function load(settings: SentenceSettings, folder: string): Promise<Extractor> {
  const { env, pipeline } = (await importPeer("@huggingface/transformers")) as TransformersModule;
  env.allowRemoteModels = false;
  try {
    return await pipeline("feature-extraction", folder, {
      local_files_only: true,
      dtype: "fp32",
      device: "cpu",
    });
  } catch (cause) {
    throw problem(settings, `${folder} does not load: ${(cause as Error).message}`, cause);
  }
}

function lengthOf(settings: SentenceSettings, folder: string): number {
  const path = join(folder, "config.json");
  let config: Readonly<Record<string, unknown>> | null;
  try {
    config = JSON.parse(readFileSync(path, "utf8")) as typeof config;
  } catch (cause) {
    throw problem(
      settings,
      `${(cause as Error).message}; give a folder with config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx`,
      cause,
    );
  }
  const length = LENGTH_KEYS.map((key) => config?.[key]).find((value) => Number.isInteger(value));
  if (typeof length !== "number" || length < 1)
    throw problem(
      settings,
      `${path} has none of ${LENGTH_KEYS.join(", ")}; give a folder of a sentence encoder`,
    );
  return length;
}

function problem(settings: SentenceSettings, text: string, cause?: unknown): AtollError {
  const message = `augmentation.vectors.model "${settings.model}": ${text}`;
  return new AtollError("AUGMENTATION_MODEL", message, { cause });
}
