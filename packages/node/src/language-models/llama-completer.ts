import {
  CompletionError,
  type Completer,
  type LocalSettings,
  type Prompt,
} from "@atoll/core/augmentation";
import { grammarSchemaOf } from "./grammar-schema.ts";
import type { LlamaGrammar, LlamaTurn } from "./llama.ts";
import { followFreeCores } from "./llama-threads.ts";
import { openLlama, type LlamaOptions } from "./open-llama.ts";
import { poolOf } from "./pool.ts";

/** Tokens of a context that stay empty: at the last but one, node-llama-cpp would begin to forget the prompt. */
const SPARE_TOKENS = 2;

/** Opens the model; what it throws and how it answers: `localCompleter`. */
export async function llamaCompleter(
  settings: LocalSettings,
  options: LlamaOptions,
): Promise<Completer> {
  const { llama, model, chats } = await openLlama(settings, options);
  const stopFollowing =
    options.threads === undefined && !settings.gpu ? followFreeCores(llama) : undefined;
  const pool = poolOf(chats);
  const grammars = new Map<string, Promise<LlamaGrammar>>();
  const grammarOf = (prompt: Prompt): Promise<LlamaGrammar> => {
    const key = JSON.stringify(prompt.schema);
    const known = grammars.get(key);
    if (known !== undefined) return known;
    const grammar = llama.createGrammarForJsonSchema(grammarSchemaOf(prompt.schema));
    grammars.set(key, grammar);
    return grammar;
  };
  return {
    complete: (prompt, { seed, signal }) =>
      pool.lend(async (chat) => {
        const history = historyOf(prompt);
        const promptTokens = chat.chatWrapper
          .generateContextState({ chatHistory: history })
          .contextText.tokenize(model.tokenizer).length;
        checkFits(promptTokens, settings);
        const before = chat.sequence.tokenMeter.usedOutputTokens;
        const { response, metadata } = await chat.generateResponse(history, {
          grammar: await grammarOf(prompt),
          temperature: settings.temperature,
          seed,
          maxTokens: settings.maxTokens,
          repeatPenalty: false,
          signal,
        });
        const completionTokens = chat.sequence.tokenMeter.usedOutputTokens - before;
        const usage = { promptTokens, completionTokens };
        if (metadata.stopReason === "maxTokens" && !isJson(response))
          throw new CompletionError("unreadable", "cut off at maxTokens", { usage });
        return { text: response, ...usage };
      }, signal),
    async close() {
      await pool.close();
      stopFollowing?.();
      await llama.dispose();
    },
  };
}

/** Ends with an empty turn of the model, which is the one to be written. */
function historyOf({ messages }: Prompt): readonly LlamaTurn[] {
  const turns = messages.map(({ role, content }): LlamaTurn =>
    role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content },
  );
  return [...turns, { type: "model", response: [] }];
}

function checkFits(promptTokens: number, { contextTokens, maxTokens }: LocalSettings): void {
  if (promptTokens + maxTokens + SPARE_TOKENS > contextTokens)
    throw new CompletionError(
      "refused",
      `cannot take a prompt of ${promptTokens} tokens with an answer of up to ${maxTokens}: they do not fit into augmentation.contextTokens ${contextTokens}; raise it, or lower augmentation.maxTokens, augmentation.itemsPerPrompt or augmentation.send.history`,
    );
}

/** A grammar may wait for line breaks after a whole answer. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
