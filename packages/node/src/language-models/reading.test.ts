import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryStore, parseYes, promptOf, settingsOf } from "./asking.fixture.ts";
import { countingModel } from "./counting.ts";
import { likelyAnswerTokens, mostTokens } from "./estimate.ts";
import { answerKey } from "./key.ts";
import { readingModel } from "./reading.ts";

const settings = settingsOf({ maxTokens: 100 });
const keyOf = (text: string) => answerKey(settings, { model: "m", prompt: promptOf(text) });

function filled() {
  const store = memoryStore();
  store.put(keyOf("a"), { kind: "answered", text: "yes, a" });
  store.put(keyOf("b"), { kind: "dropped", reason: "not JSON" });
  store.put(keyOf("c"), { kind: "rejected", reason: "not JSON" });
  return store;
}

test("a stored answer is read; one that is missing, or was asked for once in vain, says what to do", async () => {
  const model = readingModel(settings, { store: filled(), model: "m" });
  expect(await model.ask(promptOf("a"), parseYes)).toBe("yes, a");
  expect(await model.ask(promptOf("b"), parseYes)).toBeUndefined();
  for (const text of ["c", "d"])
    await expect(model.ask(promptOf(text), parseYes)).rejects.toMatchObject({
      code: "AUGMENTATION_INCOMPLETE",
      message: expect.stringMatching(/sequences.*"m".*atoll augment run.*partial/),
    });
  expect(model.tally().sequences).toEqual({ answered: 1, dropped: { "not JSON": 1 }, missing: 0 });
});

test("with partial, what is missing is counted, each prompt once", async () => {
  const partial = settingsOf({ maxTokens: 100, partial: true });
  const model = readingModel(partial, { store: filled(), model: "m" });
  for (const text of ["a", "b", "c", "d", "d"]) await model.ask(promptOf(text), parseYes);
  expect(model.tally().sequences).toEqual({ answered: 1, dropped: { "not JSON": 1 }, missing: 2 });
});

test("a plan counts distinct prompts, what the store has, and the tokens of the others", async () => {
  const model = countingModel(settings, { store: filled(), model: "m" });
  for (const text of ["a", "b", "c", "dddd", "dddd"])
    expect(await model.ask(promptOf(text), parseYes)).toBeUndefined();
  await model.ask(promptOf("e", { stage: "items" }), parseYes);
  // Of c and dddd: a third of their 1 + 4 bytes, of {} as their schema, and 8 tokens for each message.
  expect(model.plan().sequences).toEqual({
    prompts: 4,
    cached: 2,
    promptTokens: 1 + 8 + (2 + 8),
    answerTokens: 200,
    mostAnswerTokens: 200,
  });
  expect(model.plan().items.prompts).toBe(1);
  expect(model.plan().profiles.prompts).toBe(0);
  expect(model.tally().sequences).toEqual({ answered: 1, dropped: { "not JSON": 1 }, missing: 2 });
});

const talk = (roles: Readonly<Record<string, number>>[]) =>
  roles.flatMap((turn) =>
    Object.entries(turn).map(([role, length]) => ({
      role: role as "user" | "assistant",
      content: "x".repeat(length),
    })),
  );

test("answers are thought to be as long as the examples; of items, as the list that is asked for", () => {
  const messages = talk([{ user: 40, assistant: 50 }, { user: 60, assistant: 100 }, { user: 150 }]);
  // 75 bytes on average, of 2.5 bytes each token; the list of items is three times as long.
  expect(likelyAnswerTokens(promptOf("", { messages }), settings)).toBe(30);
  expect(likelyAnswerTokens(promptOf("", { messages, stage: "items" }), settings)).toBe(90);
  const few = settingsOf({ maxTokens: 20 });
  expect(likelyAnswerTokens(promptOf("", { messages }), few)).toBe(20);
});

test("letters of other scripts count by their bytes; the schema counts where it is sent", () => {
  // Six bytes of two letters, and seventeen of the schema.
  const prompt = promptOf("\u9762\u5305", { schema: { type: "object" } });
  expect(mostTokens(prompt, settings)).toEqual({ promptTokens: 8 + 8, answerTokens: 100 });
  const without = settingsOf({ responseFormat: "none" });
  expect(mostTokens(prompt, without).promptTokens).toBe(2 + 8);
});

test("a key hangs on the model, its settings, every message and the schema, and on nothing else", () => {
  const prompt = promptOf("a", { schema: { b: 1, a: { d: 1, c: 2 } } });
  const key = answerKey(settings, { model: "m", prompt });
  expect(key).toMatch(/^[\w-]{43}$/);
  const same = settingsOf({ maxTokens: 100, seed: 9, concurrency: 2, baseUrl: "http://localhost" });
  const sorted = promptOf("a", { schema: { a: { c: 2, d: 1 }, b: 1 } });
  expect(answerKey(same, { model: "m", prompt: sorted })).toBe(key);
  const others = [
    answerKey(settings, { model: "n", prompt }),
    answerKey(settingsOf({ maxTokens: 101 }), { model: "m", prompt }),
    answerKey(settingsOf({ maxTokens: 100, temperature: 0.5 }), { model: "m", prompt }),
    answerKey(settings, { model: "m", prompt: promptOf("a", { schema: { b: 1 } }) }),
  ];
  expect(new Set([key, ...others]).size).toBe(5);
  const message = fc.record({
    role: fc.constantFrom("user" as const, "assistant" as const, "system" as const),
    content: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(message), fc.array(message), (one, other) => {
      const [a, b] = [one, other].map((messages) =>
        answerKey(settings, { model: "m", prompt: promptOf("", { messages }) }),
      );
      expect(a === b).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});
