import { expect, test } from "vitest";
import { chatCompleter } from "./chat-completer.ts";
import { prompt, settingsOf } from "./chat.fixture.ts";
import { requestBody } from "./request-body.ts";

const bodyOf = (changes: Parameters<typeof settingsOf>[0]) =>
  JSON.parse(requestBody(settingsOf(changes), { prompt, seed: 7 })) as unknown;

test("a request names the model, its settings, the conversation and the schema, and nothing else", () => {
  expect(bodyOf({ model: "m", temperature: 0.25, maxTokens: 33 })).toEqual({
    model: "m",
    messages: [
      { role: "system", content: "Choose." },
      { role: "user", content: '1. "Rye flour"' },
    ],
    temperature: 0.25,
    max_tokens: 33,
    seed: 7,
    response_format: {
      type: "json_schema",
      json_schema: {
        name: "sequences",
        strict: true,
        schema: { type: "object", required: ["liked"] },
      },
    },
  });
});

test("servers that know less are told less of what answers look like", () => {
  expect(bodyOf({ responseFormat: "json-object" })).toHaveProperty("response_format", {
    type: "json_object",
  });
  expect(bodyOf({ responseFormat: "none" })).not.toHaveProperty("response_format");
});

/** What is fetched for a completion. */
async function fetched(baseUrl: string, apiKey: string | undefined) {
  const calls: { url: string; init: RequestInit }[] = [];
  const completer = chatCompleter(settingsOf({ baseUrl, allowRemote: true }), {
    fetch: async (url, init) => {
      calls.push({ url: String(url), init: init! });
      return Response.json({ choices: [{ message: { content: "yes" } }] });
    },
    apiKey,
    now: () => 0,
    timer: () => () => undefined,
  });
  const { signal } = new AbortController();
  expect(await completer.complete(prompt, { seed: 1, signal })).toEqual({
    text: "yes",
    promptTokens: undefined,
    completionTokens: undefined,
  });
  return calls[0]!;
}

test.each([
  ["http://localhost:1/v1", "http://localhost:1/v1/chat/completions"],
  ["http://localhost:1/v1/", "http://localhost:1/v1/chat/completions"],
  ["http://localhost:1", "http://localhost:1/chat/completions"],
  ["https://a.example/x?api-version=2", "https://a.example/x/chat/completions?api-version=2"],
])("of %s, %s is asked", async (baseUrl, url) => {
  expect((await fetched(baseUrl, undefined)).url).toBe(url);
});

test("a key is sent as a bearer token, and nothing where there is none; redirects are not followed", async () => {
  const { init } = await fetched("http://localhost/v1", "k-1");
  expect(new Headers(init.headers).get("authorization")).toBe("Bearer k-1");
  expect(init.redirect).toBe("manual");
  const without = await fetched("http://localhost/v1", undefined);
  expect(new Headers(without.init.headers).has("authorization")).toBe(false);
});
