import { expect, test } from "vitest";
import { CompletionError } from "../services.ts";
import { MAX_BODY_BYTES, readBody } from "./read-body.ts";
import { readCompletion } from "./read-completion.ts";

const choice = (message: unknown, finish_reason: unknown = "stop") => ({
  choices: [{ message, finish_reason }],
  usage: { prompt_tokens: 12, completion_tokens: 3 },
});
const said = (content: unknown) => choice({ role: "assistant", content });

test("the text of the first choice, and what it took", () => {
  const usage = { promptTokens: 12, completionTokens: 3 };
  expect(readCompletion(said(" yes "))).toEqual({ text: " yes ", ...usage });
  const { usage: _, ...without } = said("yes");
  expect(readCompletion(without)).toEqual({
    text: "yes",
    promptTokens: undefined,
    completionTokens: undefined,
  });
  expect(readCompletion(choice({ content: "yes", tool_calls: [] }, null)).text).toBe("yes");
});

test.each([
  [
    { prompt_tokens: -1, completion_tokens: 2 },
    { promptTokens: undefined, completionTokens: 2 },
  ],
  [
    { prompt_tokens: 1.5, completion_tokens: "2" },
    { promptTokens: undefined, completionTokens: undefined },
  ],
  [null, { promptTokens: undefined, completionTokens: undefined }],
  [{ prompt_tokens: 5 }, { promptTokens: 5, completionTokens: undefined }],
])("of the usage %j, what is a count is taken", (usage, expected) => {
  expect(readCompletion({ ...said("yes"), usage })).toMatchObject(expected);
});

test("half a character, which no store keeps, is replaced", () => {
  expect(readCompletion(said("a\ud800b")).text).toBe("a\ufffdb");
});

test.each([
  ["no completion", undefined],
  ["no completion", null],
  ["no completion", "yes"],
  ["no completion", []],
  ["no completion", {}],
  ["no completion", { choices: null }],
  ["no completion", { choices: [] }],
  ["no completion", { choices: [null] }],
  ["no completion", { choices: [{ text: "yes" }] }],
  ["no completion", { choices: [{ delta: { content: "yes" } }] }],
  ["empty", said("")],
  ["empty", said(" \n")],
  ["empty", said(null)],
  ["empty", choice({ refusal: "I cannot" })],
  ["no text", said([{ type: "text", text: "yes" }])],
  ["no text", said({ text: "yes" })],
  ["no text", said(1)],
  ["call of a tool", choice({ content: "yes", tool_calls: [{ id: "1" }] })],
  ["call of a tool", choice({ content: null, function_call: { name: "f" } })],
  ["cut off at maxTokens", choice({ content: '{"liked":[' }, "length")],
])("%s: %j", (reason, response) => {
  const error = errorOf(() => readCompletion(response));
  expect([error.kind, error.message]).toEqual(["unreadable", reason]);
});

test("an answer that cannot be used has been paid for all the same", () => {
  const error = errorOf(() => readCompletion(choice({ content: "yes" }, "length")));
  expect(error.usage).toEqual({ promptTokens: 12, completionTokens: 3 });
});

function errorOf(work: () => unknown): CompletionError {
  try {
    work();
  } catch (error) {
    if (error instanceof CompletionError) return error;
  }
  throw new Error("no CompletionError");
}

const bodyOf = (...pieces: Uint8Array<ArrayBuffer>[]) => new Response(new Blob(pieces)).body;

test("a body is read as UTF-8, also where a character is spread over two pieces", async () => {
  const bytes = new TextEncoder().encode("caf\u00e9 \u{1f35e}");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const pieces = [bytes.slice(0, cut), bytes.slice(cut)];
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    expect(await readBody(stream)).toBe("caf\u00e9 \u{1f35e}");
  }
  expect(await readBody(null)).toBe("");
});

test.each([[[0xe9]], [[0x63, 0xc3]], [[0xed, 0xa0, 0x80]], [[0xff, 0xfe]]])(
  "bytes %j are not UTF-8",
  async (bytes) => {
    await expect(readBody(bodyOf(Uint8Array.from(bytes)))).rejects.toThrow("not UTF-8");
  },
);

test("a body of one MiB is read, and one that is longer is cancelled", async () => {
  expect(await readBody(bodyOf(new Uint8Array(MAX_BODY_BYTES).fill(32)))).toHaveLength(1 << 20);
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)),
    cancel: () => {
      cancelled = true;
    },
  });
  await expect(readBody(endless)).rejects.toThrow("too long");
  expect(cancelled).toBe(true);
});
