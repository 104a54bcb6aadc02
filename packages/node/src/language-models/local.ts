import { resolve } from "node:path";
import type { Completer, LocalSettings } from "@atoll/core/augmentation";
import { llamaCompleter } from "./llama-completer.ts";
import type { LlamaModule } from "./llama.ts";
import { modelNameOf } from "./model-name.ts";
import { importPeer } from "./peers.ts";

export interface LocalOptions {
  /** Of the experiment: relative files are counted from here. */
  readonly directory: string;
  /** For one token; default: without a GPU, as many as there are cores that nothing else takes at the time. */
  readonly threads?: number;
}

/**
 * A language model in this process: a GGUF file through node-llama-cpp, which is not installed with Atoll. Answers are
 * held to the prompt's schema by a grammar; `concurrency` conversations are in memory, each of `contextTokens`.
 *
 * A conversation that begins like the last one in its place does not read the beginning again. That saves most of the
 * time (templates and examples stand first). It moves logits by rounding, and so does the number of threads: an answer
 * repeats exactly only from the cache.
 *
 * Throws AUGMENTATION_PACKAGE without the package, AUGMENTATION_MODEL where the file is missing or does not load,
 * EXECUTOR_PROVIDER where a GPU is asked for and there is none.
 */
export async function localCompleter(
  settings: LocalSettings,
  { directory, ...options }: LocalOptions,
): Promise<Completer> {
  await modelNameOf(settings, directory);
  const module = (await importPeer("node-llama-cpp")) as LlamaModule;
  const path = resolve(directory, settings.model);
  return llamaCompleter(settings, { ...options, path, module });
}
