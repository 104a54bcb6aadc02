import { augmentationConfig, type LocalSettings, type Prompt } from "@atoll/core/augmentation";
import { describe, expect, test } from "vitest";
import { llamaCompleter } from "./llama-completer.ts";
import type { LlamaChat, LlamaModule, LlamaSequence, LlamaTurn } from "./llama.ts";

const prompt: Prompt = {
  stage: "profiles",
  messages: [
    { role: "system", content: "rules" },
    { role: "user", content: "a b" },
    { role: "assistant", content: "{}" },
    { role: "user", content: "c d e" },
  ],
  schema: { type: "object", properties: { n: { type: "integer", minimum: 1, maximum: 2 } } },
};
const signal = new AbortController().signal;

function settingsOf(raw: Partial<LocalSettings> = {}): LocalSettings {
  const settings = { kind: "local", model: "m.gguf", contextTokens: 100, maxTokens: 20 };
  return augmentationConfig.parse({ ...settings, ...raw }) as LocalSettings;
}

type Answer = { readonly response: string; readonly stopReason: string };

/** node-llama-cpp as far as it is used; a token is a word, and what it is asked is written down. */
function fakeLlama(answer: (history: readonly LlamaTurn[]) => Answer | Promise<Answer>) {
  const seen = {
    options: [] as unknown[],
    grammars: [] as unknown[],
    turns: [] as unknown[],
    maxThreads: [] as number[],
    disposed: 0,
  };
  const words = (text: string) => text.split(/\s+/).filter(Boolean);
  class FakeChat implements LlamaChat {
    readonly sequence: LlamaSequence & { tokenMeter: { usedOutputTokens: number } };
    readonly chatWrapper: LlamaChat["chatWrapper"] = {
      generateContextState: ({ chatHistory }) => ({
        contextText: {
          tokenize: (tokenizer) =>
            tokenizer(
              chatHistory
                .map((turn) => (turn.type === "model" ? turn.response.join(" ") : turn.text))
                .join(" "),
            ),
        },
      }),
    };
    constructor({ contextSequence }: { readonly contextSequence: LlamaSequence }) {
      this.sequence = contextSequence;
    }
    readonly generateResponse: LlamaChat["generateResponse"] = async (history, options) => {
      seen.turns.push({ history, ...options });
      const { response, stopReason } = await answer(history);
      options.signal.throwIfAborted();
      this.sequence.tokenMeter.usedOutputTokens += words(response).length;
      return { response, metadata: { stopReason } };
    };
  }
  const module: LlamaModule = {
    LlamaChat: FakeChat,
    getLlama: (options) => {
      seen.options.push(options);
      return Promise.resolve({
        gpu: false,
        set maxThreads(count: number) {
          seen.maxThreads.push(count);
        },
        loadModel: ({ modelPath }) =>
          modelPath.endsWith("broken.gguf")
            ? Promise.reject(new Error("bad magic"))
            : Promise.resolve({
                trainContextSize: 4096,
                tokenizer: (text: string) => words(text).map((_, i) => i),
                createContext: (options) => {
                  seen.options.push(options);
                  const getSequence = () => ({ tokenMeter: { usedOutputTokens: 100 } });
                  return Promise.resolve({ getSequence });
                },
              }),
        createGrammarForJsonSchema: (schema) => {
          seen.grammars.push(schema);
          return Promise.resolve({ grammar: "root" });
        },
        dispose: () => Promise.resolve(void seen.disposed++),
      });
    },
  };
  return { module, seen };
}

const whole = () => ({ response: '{ "n": 1 }', stopReason: "stopGenerationTrigger" });

describe("what is asked", () => {
  test("the conversation with the turn to be written, held to a grammar, by settings and seed", async () => {
    const { module, seen } = fakeLlama(whole);
    const settings = settingsOf({ concurrency: 2, temperature: 0.7 });
    const completer = await llamaCompleter(settings, { module, path: "m.gguf", threads: 3 });
    expect(await completer.complete(prompt, { seed: 5, signal })).toEqual({
      text: '{ "n": 1 }',
      promptTokens: 7,
      completionTokens: 4,
    });
    await completer.complete(prompt, { seed: 6, signal });
    expect(seen.options).toEqual([
      {
        gpu: false,
        build: "never",
        logLevel: "error",
        logger: expect.any(Function),
        progressLogs: false,
      },
      { contextSize: 100, sequences: 2, threads: 3 },
    ]);
    expect(seen.grammars).toEqual([
      { type: "object", properties: { n: { enum: [1, 2] } }, additionalProperties: false },
    ]);
    expect(seen.turns).toHaveLength(2);
    expect(seen.turns[0]).toMatchObject({
      history: [
        { type: "system", text: "rules" },
        { type: "user", text: "a b" },
        { type: "model", response: ["{}"] },
        { type: "user", text: "c d e" },
        { type: "model", response: [] },
      ],
      temperature: 0.7,
      seed: 5,
      maxTokens: 20,
      repeatPenalty: false,
    });
  });

  test("no more conversations at a time than concurrency says", async () => {
    const gate = Promise.withResolvers<Answer>();
    const { module, seen } = fakeLlama(() => gate.promise);
    const completer = await llamaCompleter(settingsOf({ concurrency: 2 }), {
      module,
      path: "m.gguf",
    });
    const answers = [1, 2, 3].map((seed) => completer.complete(prompt, { seed, signal }));
    await expect.poll(() => seen.turns.length).toBe(2);
    gate.resolve(whole());
    expect(await Promise.all(answers)).toHaveLength(3);
    expect(seen.turns).toHaveLength(3);
  });
});

describe("what does not come to an answer", () => {
  test("a prompt and an answer that do not fit are refused with the numbers, and not asked", async () => {
    const { module, seen } = fakeLlama(whole);
    const open = (contextTokens: number) =>
      llamaCompleter(settingsOf({ contextTokens }), { module, path: "m.gguf" });
    const small = await open(28);
    await expect(small.complete(prompt, { seed: 1, signal })).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringMatching(
        /^cannot take a prompt of 7 tokens with an answer of up to 20: .* 28; raise/,
      ),
    });
    expect(seen.turns).toEqual([]);
    const enough = await open(29);
    await expect(enough.complete(prompt, { seed: 1, signal })).resolves.toMatchObject({
      promptTokens: 7,
    });
  });

  test.each([
    [
      '{ "n": 1',
      "maxTokens",
      {
        kind: "unreadable",
        message: "cut off at maxTokens",
        usage: { promptTokens: 7, completionTokens: 3 },
      },
    ],
    ["", "maxTokens", { kind: "unreadable" }],
  ])("%j is cut off", async (response, stopReason, error) => {
    const { module } = fakeLlama(() => ({ response, stopReason }));
    const completer = await llamaCompleter(settingsOf(), { module, path: "m.gguf" });
    await expect(completer.complete(prompt, { seed: 1, signal })).rejects.toMatchObject(error);
  });

  test("an answer that is whole at the last token counts, though the grammar waited for more", async () => {
    const { module } = fakeLlama(() => ({ response: '{"n":1}\n', stopReason: "maxTokens" }));
    const completer = await llamaCompleter(settingsOf(), { module, path: "m.gguf" });
    await expect(completer.complete(prompt, { seed: 1, signal })).resolves.toMatchObject({
      text: '{"n":1}\n',
    });
  });

  test("an abort ends the call with its reason, and the place is free again", async () => {
    const gate = Promise.withResolvers<Answer>();
    const { module } = fakeLlama(() => gate.promise);
    const completer = await llamaCompleter(settingsOf(), { module, path: "m.gguf" });
    const stop = new AbortController();
    const first = completer.complete(prompt, { seed: 1, signal: stop.signal });
    const second = completer.complete(prompt, { seed: 1, signal: stop.signal });
    stop.abort(new Error("stopped"));
    gate.resolve(whole());
    await expect(first).rejects.toThrow("stopped");
    await expect(second).rejects.toThrow("stopped");
    await expect(completer.complete(prompt, { seed: 1, signal })).resolves.toBeDefined();
  });
});

test("threads are those that were asked for; else as many as there are cores free, from one on", async () => {
  const open = async (raw: Partial<LocalSettings>, threads?: number) => {
    const { module, seen } = fakeLlama(whole);
    const completer = await llamaCompleter(settingsOf(raw), {
      module,
      path: "m.gguf",
      ...(threads === undefined ? {} : { threads }),
    });
    await completer.close();
    return seen.maxThreads;
  };
  expect(await open({})).toEqual([1]);
  expect(await open({}, 3)).toEqual([]);
});

test("closing waits for what is being written, then frees the model once", async () => {
  const gate = Promise.withResolvers<Answer>();
  const { module, seen } = fakeLlama(() => gate.promise);
  const completer = await llamaCompleter(settingsOf(), { module, path: "m.gguf" });
  const answer = completer.complete(prompt, { seed: 1, signal });
  await expect.poll(() => seen.turns.length).toBe(1);
  const closing = completer.close();
  await Promise.resolve();
  expect(seen.disposed).toBe(0);
  gate.resolve(whole());
  await Promise.all([answer, closing]);
  expect(seen.disposed).toBe(1);
});

describe("what does not open frees what it took", () => {
  test.each([
    ["a GPU that is not there", { gpu: true }, "m.gguf", "EXECUTOR_PROVIDER", /finds no GPU/],
    ["a broken file", {}, "broken.gguf", "AUGMENTATION_MODEL", /broken\.gguf \(bad magic\); give/],
    [
      "more context than the model knows",
      { contextTokens: 5000 },
      "m.gguf",
      "AUGMENTATION_MODEL",
      /contextTokens is 5000, but "m\.gguf" was trained on 4096 tokens; lower/,
    ],
  ])("%s", async (_, raw, path, code, message) => {
    const { module, seen } = fakeLlama(whole);
    await expect(llamaCompleter(settingsOf(raw), { module, path })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(seen.disposed).toBe(1);
  });
});
