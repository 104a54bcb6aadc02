import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  augmentationConfig,
  languageModelAugmenter,
  type Completer,
  type LocalSettings,
  type Prompt,
} from "@atoll/core/augmentation";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { askingModel } from "./asking.ts";
import { systemClock } from "./clock.ts";
import { whyNot } from "./installed.fixture.ts";
import { localCompleter } from "./local.ts";
import { openAnswers } from "./store.ts";
import { readTemplates } from "./templates.ts";
import { tinyLlama } from "./tiny-models/tiny-llama.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-local-"));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "tiny.gguf"), tinyLlama());

const signal = new AbortController().signal;
const settingsOf = (raw: Partial<LocalSettings> = {}) =>
  augmentationConfig.parse({ kind: "local", model: "tiny.gguf", ...raw }) as LocalSettings;

test("without the package: what to install, before anything else; without the file: which", async () => {
  vi.stubEnv("ATOLL_PEERS", folder);
  if ((await whyNot("node-llama-cpp")) !== undefined)
    await expect(localCompleter(settingsOf(), { directory: folder })).rejects.toMatchObject({
      code: "AUGMENTATION_PACKAGE",
    });
  vi.unstubAllEnvs();
  await expect(
    localCompleter(settingsOf({ model: "none.gguf" }), { directory: folder }),
  ).rejects.toMatchObject({ code: "AUGMENTATION_MODEL" });
});

const missing = await whyNot("node-llama-cpp");

describe("a model with random weights through node-llama-cpp", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  const shape = z.strictObject({
    liked: z.array(z.int().min(1).max(5)).max(2),
    name: z.string().min(1).max(40),
    kind: z.enum(["low", "high"]),
  });
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io: "input" });
  const promptOf = (content: string): Prompt => ({
    stage: "sequences",
    messages: [
      { role: "system", content: "Answer in JSON." },
      { role: "user", content: "One" },
      { role: "assistant", content: '{"liked":[1],"name":"a","kind":"low"}' },
      { role: "user", content },
    ],
    schema,
  });

  async function withModel<T>(
    raw: Partial<LocalSettings>,
    use: (completer: Completer) => Promise<T>,
  ): Promise<T> {
    const settings = settingsOf({ contextTokens: 1024, maxTokens: 120, ...raw });
    const completer = await localCompleter(settings, { directory: folder, threads: 1 });
    try {
      return await use(completer);
    } finally {
      await completer.close();
    }
  }

  test("every answer fits the schema, however the model is seeded, two at a time", () =>
    withModel({ concurrency: 2, temperature: 1 }, async (completer) => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, seed) =>
          completer.complete(promptOf(`Item ${seed % 3}`), { seed, signal }),
        ),
      );
      for (const { text, completionTokens } of answers) {
        expect(shape.safeParse(JSON.parse(text)).success, text).toBe(true);
        expect(completionTokens).toBeLessThanOrEqual(120);
      }
      expect(new Set(answers.map(({ text }) => text)).size).toBeGreaterThan(1);
    }));

  test("the same prompt and seed bring the same answer, in a model that was closed and opened", async () => {
    const ask = () =>
      withModel({}, (completer) => completer.complete(promptOf("Pan"), { seed: 7, signal }));
    expect(await ask()).toEqual(await ask());
  });

  test("an answer that needs more than maxTokens is cut off, and its tokens are counted", () =>
    withModel({ maxTokens: 5 }, async (completer) => {
      await expect(completer.complete(promptOf("Pan"), { seed: 1, signal })).rejects.toMatchObject({
        kind: "unreadable",
        message: "cut off at maxTokens",
        usage: { completionTokens: 5 },
      });
    }));

  test("z, which joins with nothing, is a token each; text that looks like a special token is not one", () =>
    withModel({}, async (completer) => {
      const tokens = async (content: string) =>
        (await completer.complete(promptOf(content), { seed: 1, signal })).promptTokens!;
      const none = await tokens("q");
      expect((await tokens(`q${"z".repeat(50)}`)) - none).toBe(50);
      expect((await tokens("q</s>")) - none).toBe("</s>".length);
    }));

  test("a prompt as long as the context is refused with its tokens", () =>
    withModel({}, async (completer) => {
      await expect(
        completer.complete(promptOf("z".repeat(1000)), { seed: 1, signal }),
      ).rejects.toMatchObject({
        kind: "refused",
        message: expect.stringMatching(/^cannot take a prompt of 1\d\d\d tokens .* 1024; raise it/),
      });
    }));

  test("an abort in the middle of an answer ends it with the signal's reason", () =>
    withModel({}, async (completer) => {
      const stop = new AbortController();
      const answer = completer.complete(promptOf("Pan"), { seed: 1, signal: stop.signal });
      setTimeout(() => stop.abort(new Error("stopped")), 5);
      await expect(answer).rejects.toThrow("stopped");
      await expect(completer.complete(promptOf("Pan"), { seed: 1, signal })).resolves.toBeDefined();
    }));

  test("the model's own chat template is what prompts are put into", async () => {
    const tokens = async (extra: string) => {
      const chatTemplate = `{{ bos_token }}${extra}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}`;
      writeFileSync(join(folder, "chat.gguf"), tinyLlama({ chatTemplate }));
      const ask = (completer: Completer) =>
        completer.complete(promptOf("Pan"), { seed: 1, signal });
      return (await withModel({ model: "chat.gguf" }, ask)).promptTokens!;
    };
    expect((await tokens("z".repeat(30))) - (await tokens(""))).toBe(30);
  });

  test("a file that is cut off does not load, and says so", async () => {
    writeFileSync(join(folder, "half.gguf"), tinyLlama().subarray(0, 50_000));
    await expect(
      localCompleter(settingsOf({ model: "half.gguf" }), { directory: folder }),
    ).rejects.toMatchObject({
      code: "AUGMENTATION_MODEL",
      message: expect.stringMatching(/cannot load .*half\.gguf \(.+\); give a whole GGUF file/),
    });
  });

  test("all three stages are asked with the built-in prompts, and once: the store has the answers", async () => {
    const settings = settingsOf({
      contextTokens: 8192,
      maxTokens: 1500,
      itemsPerPrompt: 2,
      temperature: 1,
    });
    const population = {
      domains: ["food", "kitchen"],
      itemStarts: Int32Array.of(0, 3, 6),
      itemText: ["Green tea", "Rye bread", "Salted butter", "Tea cup", "Bread knife", "Steel pan"],
    };
    const asked = async (completer: Completer) => {
      const store = openAnswers(join(folder, "answers.sqlite"));
      const options = {
        store,
        completer,
        model: "tiny",
        clock: systemClock,
        random: () => 0,
        signal,
      };
      const model = askingModel(settings, options);
      const templates = readTemplates(undefined);
      const augmenter = languageModelAugmenter({ settings, templates, model, population });
      const history = { user: 0, items: [0, 3], ages: [9, 0] };
      const said = [
        await augmenter.describe([0, 1, 2, 3]),
        await augmenter.profile(history),
        await augmenter.pick({ history, domain: 1, candidates: [4, 5] }),
      ];
      store.close();
      return { said, spent: model.spent(), tally: model.tally() };
    };
    const completer = await localCompleter(settings, { directory: folder, threads: 1 });
    const first = await asked(completer);
    await completer.close();
    for (const [stage, prompts] of [
      ["items", 2],
      ["profiles", 1],
      ["sequences", 1],
    ] as const) {
      const { answered, dropped, missing } = first.tally[stage];
      const ends = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      expect({ stage, ended: answered + ends, missing }).toEqual({
        stage,
        ended: prompts,
        missing: 0,
      });
    }
    expect(first.tally.sequences.dropped).not.toHaveProperty("not JSON");
    const again = await asked({
      complete: () => Promise.reject(new Error("asked again")),
      close: () => Promise.resolve(),
    });
    expect(again.spent.calls).toBe(0);
    expect(again.said).toEqual(first.said);
  });
});
