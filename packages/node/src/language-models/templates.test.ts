import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  augmentationConfig,
  languageModelAugmenter,
  STAGES,
  type LanguageModelSettings,
  type Prompt,
} from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import { BUILT_IN_PROMPTS, readTemplates } from "./templates.ts";

const templates = readTemplates(undefined);

/** The built-in prompts about one batch of items and one user, stage by stage. */
async function builtInPrompts(settings: object, titles: readonly string[]): Promise<Prompt[]> {
  const prompts: Prompt[] = [];
  const augmenter = languageModelAugmenter({
    settings: augmentationConfig.parse({
      kind: "openai-compatible",
      baseUrl: "http://localhost:8000/v1",
      ...settings,
    }) as LanguageModelSettings,
    templates,
    model: {
      ask: (prompt) => {
        prompts.push(prompt);
        return Promise.resolve(undefined);
      },
      tally: () => {
        throw new RangeError("nothing is counted");
      },
    },
    population: {
      domains: ["tools", "garden"],
      itemStarts: Int32Array.of(0, 20, titles.length),
      itemText: titles,
    },
  });
  const some = (count: number) => Array.from({ length: count }, (_, n) => n);
  await augmenter.describe(some(10));
  const history = { user: 0, items: some(20), ages: some(20).map((n) => 19 - n) };
  await augmenter.profile(history);
  await augmenter.pick({ history, domain: 1, candidates: some(10).map((n) => 20 + n) });
  return prompts;
}

const thirty = (title: string) => Array.from({ length: 30 }, (_, n) => `${title} ${n}`);

test("whoever changes the words of a prompt raises its version: answers are kept by the words", async () => {
  const prompts = await builtInPrompts({}, thirty("Hammer"));
  const digests = prompts.map(({ stage, messages }) => [
    templates[stage].name,
    createHash("sha256").update(JSON.stringify(messages)).digest("hex").slice(0, 12),
  ]);
  expect(Object.fromEntries(digests)).toMatchInlineSnapshot(`
    {
      "items v1": "ddcfa1ce6101",
      "profiles v1": "564133f11d7c",
      "sequences v1": "03bbba2b88d8",
    }
  `);
});

describe.each(STAGES)("the examples of %s", (stage) => {
  const { examples } = templates[stage];

  test("are two", () => expect(examples.length).toBe(2));

  test.each(examples)("keep what they were asked: $assistant", ({ user, assistant }) => {
    const answer = JSON.parse(assistant) as Record<string, readonly unknown[]>;
    const numbered = user.match(/^\d+\. /gm)?.map((text) => Number.parseInt(text, 10)) ?? [];
    expect(numbered).toEqual(numbered.map((_, n) => n + 1));
    if (stage === "items") {
      expect(answer["items"]).toHaveLength(numbered.length);
      expect(user).toContain(`these ${numbered.length} items`);
    }
    if (stage === "sequences") {
      const [, liked, disliked] = /at most (\d+) liked and at most (\d+) disliked/.exec(user)!;
      expect(answer["liked"]!.length).toBeLessThanOrEqual(Number(liked));
      expect(answer["disliked"]!.length).toBeLessThanOrEqual(Number(disliked));
      for (const number of [...answer["liked"]!, ...answer["disliked"]!])
        expect(numbered).toContain(number);
    }
  });
});

test("titles only: no prompt names a domain or says how long ago anything was", async () => {
  const told = JSON.stringify(await builtInPrompts({}, thirty("Hammer")));
  for (const words of ["tools: ", "food: ", "films: ", "(this week)"])
    expect(told).toContain(words);
  const send = { ages: "none", domains: false };
  const silent = JSON.stringify(await builtInPrompts({ send }, thirty("Hammer")));
  expect(silent).not.toMatch(
    /(?:tools|garden|food|kitchen|films|books): |\(this |earlier\)|\(earlier|day\)/,
  );
});

test("the longest prompts of English titles and their answers fit the 4096 tokens of Llama 2", async () => {
  // English has some four characters a token; 3.5 leaves room for names and numbers.
  for (const { messages } of await builtInPrompts({}, thirty("Hammer ".repeat(40)))) {
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
    expect(characters / 3.5 + 500).toBeLessThan(4096);
  }
});

describe("a folder of one's own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "atoll-prompts-"));
    for (const stage of STAGES)
      copyFileSync(join(BUILT_IN_PROMPTS, `${stage}.yaml`), join(folder, `${stage}.yaml`));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const refused = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    try {
      readTemplates(folder);
    } catch (error) {
      expect(error).toBeInstanceOf(AtollError);
      expect((error as AtollError).code).toBe("AUGMENTATION_PROMPT");
      return (error as AtollError).message.replaceAll(folder, "FOLDER").split("\n");
    }
    return [];
  };
  const wayOut = `write prompts as in ${BUILT_IN_PROMPTS}, or remove augmentation.prompts to use those`;

  test("with copies of the built-in prompts gives the same", () => {
    expect(readTemplates(folder)).toEqual(templates);
  });

  test("may have its own words, without examples", () => {
    const own = "version: 7\nsystem: Say it.\nexamples: []\nuser: '{{history}}'\n";
    writeFileSync(join(folder, "profiles.yaml"), own);
    expect(readTemplates(folder).profiles).toEqual({
      name: "profiles v7",
      system: "Say it.",
      examples: [],
      user: "{{history}}",
    });
  });

  test("tells everything that is wrong with all files at once, and the way out", () => {
    const lines = refused({
      "items.yaml": "version: 1\nsystem: [\n",
      "profiles.yaml":
        "version: one\nsystem: ''\nexamples: [{ user: a }]\nuser: '{{history}}'\ntone: polite\n",
      "sequences.yaml": `version: 1
system: Say it.
examples: [{ user: a, assistant: b }]
user: "{{history}} {{candidates}} {{likes}} {{disliked}}"
`,
    });
    expect(lines.at(-1)).toBe(wayOut);
    expect(lines.slice(0, -1)).toMatchInlineSnapshot(`
      [
        "FOLDER/items.yaml: Flow sequence in block collection must be sufficiently indented and end with a ] at line 3, column 1",
        "FOLDER/profiles.yaml: version: Invalid input: expected number, received string",
        "FOLDER/profiles.yaml: system: Too small: expected string to have >=1 characters",
        "FOLDER/profiles.yaml: examples.0.assistant: Invalid input: expected string, received undefined",
        "FOLDER/profiles.yaml: Unrecognized key: "tone"",
        "FOLDER/sequences.yaml: user: {{likes}} is no place; there are {{history}}, {{candidates}}, {{liked}}, {{disliked}}",
        "FOLDER/sequences.yaml: user: {{liked}} is missing; write it where it belongs",
        "FOLDER/sequences.yaml: examples.0.assistant: not JSON; write an answer that would be accepted",
      ]
    `);
  });

  test("names keys that stand twice, and files that hold no block", () => {
    const lines = refused({ "items.yaml": "version: 1\nversion: 2\n", "profiles.yaml": "Hello" });
    expect(lines.slice(0, -1)).toMatchInlineSnapshot(`
      [
        "FOLDER/items.yaml: Map keys must be unique at line 2, column 1",
        "FOLDER/profiles.yaml: Invalid input: expected object, received string",
      ]
    `);
  });

  test("that is not there is told by the files that it lacks", () => {
    expect(() => readTemplates(join(folder, "gone"))).toThrow(
      new AtollError(
        "AUGMENTATION_PROMPT",
        [
          ...STAGES.map(
            (stage) => `${join(folder, "gone", `${stage}.yaml`)}: cannot be read (ENOENT)`,
          ),
          wayOut,
        ].join("\n"),
      ),
    );
  });
});
