import { z } from "zod";
import { STAGES } from "./types.ts";

const count = z.number().int().positive();
const amount = z.number().nonnegative();

const sentence = z.strictObject({
  kind: z.literal("sentence"),
  model: z
    .string()
    .min(1)
    .describe(
      "folder of a sentence encoder with its ONNX file, counted from the experiment; needs the package @huggingface/transformers",
    ),
});

export type SentenceSettings = z.infer<typeof sentence>;

/** How the words of items and users become vectors. */
const vectors = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("hashing"),
      dimensions: count.default(64).describe("entries of a vector"),
    }),
    sentence,
  ])
  .prefault({ kind: "hashing" })
  .describe("how words become vectors: hashed, or by a sentence encoder");

/** Whether a regular expression can be made of it, as the titles are searched: without case, by characters. */
function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "giu").global;
  } catch {
    return false;
  }
}

/** What every kind of augmentation has. */
const shared = {
  stages: z
    .array(z.enum(STAGES))
    .min(1)
    .default([...STAGES])
    .describe(
      "items: words for items, added to their vectors; profiles: words for users, read by the heads; sequences: liked and disliked items",
    ),
  candidates: count.default(10).describe("|C|: items offered for each user and domain"),
  pool: z
    .union([
      z.literal("popularity"),
      z.strictObject({ similar: count.describe("items of a pool") }),
    ])
    .default("popularity")
    .describe(
      "what candidates are drawn from: all items of the domain by their training events, or so many of them whose titles are most like the user's history",
    ),
  liked: count.default(2).describe("items that lengthen a user's sequence of a domain, at most"),
  disliked: count.default(2).describe("items that become negatives, at most"),
  weight: amount
    .default(0.1)
    .describe(
      "what one liked item counts as a target beside one that the user chose in the same domain, which counts 1",
    ),
  seed: z
    .number()
    .int()
    .nonnegative()
    .default(1)
    .describe(
      "what candidates are drawn from; the same for all seeds of the experiment, so that nobody is asked twice",
    ),
  vectors,
};

const languageModel = {
  ...shared,
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(0.4)
    .describe("of sampling the answer; 0: the likeliest words"),
  maxTokens: count.default(800).describe("tokens of an answer at most"),
  itemsPerPrompt: count.default(10).describe("items described in one answer"),
  prompts: z
    .string()
    .min(1)
    .optional()
    .describe(
      "folder with items.yaml, profiles.yaml and sequences.yaml instead of the built-in prompts",
    ),
  send: z
    .strictObject({
      history: count.default(20).describe("latest events of a user that a prompt tells, at most"),
      ages: z
        .enum(["none", "bucket", "exact"])
        .default("bucket")
        .describe(
          "how long ago events were: not at all, as this week, this month and so on, or in days",
        ),
      domains: z.boolean().default(true).describe("whether prompts name the domain of an item"),
      redact: z
        .array(z.string().min(1).refine(isPattern, "give a regular expression of JavaScript"))
        .default([])
        .describe("regular expressions; what matches in a title is left out"),
    })
    .prefault({})
    .describe("what prompts tell; ages none and domains false: titles of items only"),
  cache: z
    .string()
    .min(1)
    .optional()
    .describe(
      "file that keeps the answers, counted from the experiment; default: beside the cached tables",
    ),
  partial: z
    .boolean()
    .default(false)
    .describe(
      "whether a run may go on where answers are missing, such as when the budget is spent",
    ),
  concurrency: count.default(4).describe("calls in flight at most"),
  budget: z
    .strictObject({
      calls: count.optional().describe("prompts that are sent"),
      tokens: count.optional().describe("of prompts and answers together"),
      money: z.number().positive().optional().describe("in the currency of prices"),
    })
    .prefault({})
    .describe("never passed, whatever is asked; nothing: no limit"),
};

const openaiCompatible = z.strictObject({
  kind: z.literal("openai-compatible"),
  ...languageModel,
  model: z.string().min(1).default("llama2:13b").describe("as the server calls it"),
  baseUrl: z
    .url({ protocol: /^https?$/, error: "give an address that begins with http:// or https://" })
    .describe("of the server, such as http://127.0.0.1:11434/v1; /chat/completions is added"),
  apiKeyEnv: z
    .string()
    // Capitals alone: keys have small letters, and one that is given by mistake must not come into a run's files.
    .regex(
      /^[A-Z_][A-Z0-9_]*$/,
      "give the name of an environment variable in capitals; the key itself must stand in no file",
    )
    .optional()
    .describe("the environment variable that holds the key; a key itself never stands in a file"),
  allowRemote: z
    .boolean()
    .default(false)
    .describe("whether histories of users may leave this machine"),
  responseFormat: z
    .enum(["json-schema", "json-object", "none"])
    .default("json-schema")
    .describe("how the server is told what answers look like, as far as it can be"),
  timeoutSeconds: z.number().positive().default(60).describe("for one call"),
  retries: z
    .number()
    .int()
    .nonnegative()
    .default(6)
    .describe("of a call that failed, with growing pauses"),
  requestsPerMinute: count.optional().describe("calls in any minute, at most"),
  tokensPerMinute: count
    .optional()
    .describe("tokens of prompts and answers in any minute, at most"),
  prices: z
    .strictObject({
      input: amount.default(0).describe("for a million tokens of prompts"),
      output: amount.default(0).describe("for a million tokens of answers"),
    })
    .prefault({})
    .describe("what the plan and the budget count money by"),
});

const local = z.strictObject({
  kind: z.literal("local"),
  ...languageModel,
  concurrency: count.default(1).describe("conversations in memory at a time"),
  model: z
    .string()
    .min(1)
    .describe("a GGUF file, counted from the experiment; needs the package node-llama-cpp"),
  contextTokens: count.default(4096).describe("of prompt and answer together"),
  gpu: z.boolean().default(false).describe("whether layers may run on a GPU"),
});

export type OpenAiSettings = z.infer<typeof openaiCompatible>;
export type LocalSettings = z.infer<typeof local>;
/** Of the kinds that ask a language model. */
export type LanguageModelSettings = OpenAiSettings | LocalSettings;

const heuristic = z.strictObject({ kind: z.literal("heuristic"), ...shared });
const random = z.strictObject({ kind: z.literal("random"), ...shared });

export const augmentationConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    heuristic.describe(
      "by the texts and the popularity of items and, where one party holds many users, by who had what together; without a language model",
    ),
    random.describe("as much at random: the control of all other kinds"),
    openaiCompatible.describe("a server that speaks the chat-completions protocol"),
    local.describe("a language model in this process"),
  ])
  .describe("what is made up beside what users did");

export type AugmentationSettings = z.infer<typeof augmentationConfig>;
/** Of the kinds that do something. */
export type ActiveAugmentation = Exclude<AugmentationSettings, { kind: "none" }>;

export function asksLanguageModel(
  settings: AugmentationSettings,
): settings is LanguageModelSettings {
  return settings.kind === "openai-compatible" || settings.kind === "local";
}
