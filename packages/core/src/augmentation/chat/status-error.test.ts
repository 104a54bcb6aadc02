import { expect, test } from "vitest";
import type { OpenAiSettings } from "../config.ts";
import { settingsOf } from "./chat.fixture.ts";
import { networkError } from "./network-error.ts";
import { retryAfterMs } from "./retry-after.ts";
import { serverMessage } from "./server-message.ts";
import { statusError } from "./status-error.ts";

function errorOf(
  status: number,
  message = "",
  {
    settings = settingsOf({ model: "llama" }),
    body = { error: { message } },
    waitMs,
  }: { readonly settings?: OpenAiSettings; readonly body?: unknown; readonly waitMs?: number } = {},
) {
  return statusError({ status, body, waitMs }, { settings, key: "sk-secret" });
}

test.each([408, 409, 425, 429, 500, 502, 503, 504, 529])("status %d may pass", (status) => {
  const error = errorOf(status, "busy", { waitMs: 5 });
  expect([error.kind, error.waitMs]).toEqual(["again", 5]);
  expect(error.message).toBe(`answers with status ${status} (busy)`);
  expect(error.usage).toEqual({ promptTokens: 0, completionTokens: 0 });
});

test.each([
  [400, "'response_format' is not supported", /responseFormat to json-object or none/],
  [400, "invalid grammar", /responseFormat/],
  [400, "maximum context length is 4096 tokens", /maxTokens, itemsPerPrompt/],
  [400, "", /chat-completions protocol/],
  [401, "Unauthorized", /apiKeyEnv/],
  [402, "", /nothing left/],
  [403, "", /apiKeyEnv/],
  [404, 'model "llama" not found', /name "llama" \(augmentation\.model\).*baseUrl/],
  [405, "", /chat-completions protocol/],
  [301, "", /redirects/],
  [308, "", /redirects/],
  [422, "schema is too deep", /responseFormat/],
])("status %d (%s) does not", (status, message, wayOut) => {
  const error = errorOf(status, message);
  expect(error.kind).toBe("refused");
  expect(error.message).toMatch(wayOut);
});

test("a key that is set but not accepted is named by its variable; an empty account does not fill by waiting", () => {
  const settings = settingsOf({ apiKeyEnv: "MY_KEY" });
  expect(errorOf(401, "", { settings }).message).toMatch(/see that MY_KEY holds a key/);
  const body = { error: { message: "out of quota", code: "insufficient_quota" } };
  expect(errorOf(429, "", { body }).kind).toBe("refused");
});

test("a server that is told of no format has none to complain of", () => {
  const settings = settingsOf({ responseFormat: "none" });
  expect(errorOf(400, "json is bad", { settings }).message).not.toMatch(/responseFormat/);
});

test.each([
  [{ error: { message: "no" } }, "no"],
  [{ error: "no" }, "no"],
  [{ message: "no" }, "no"],
  [{ detail: "no" }, "no"],
  [{ error: { message: " a\n\tb\u001b[31m\u0000c\u202e " } }, "a b [31m c"],
  [{ error: { message: "key sk-secret, again sk-secret" } }, "key ***, again ***"],
  [{ error: { message: "x".repeat(300) } }, `${"x".repeat(197)}...`],
  [{ error: { message: `${"x".repeat(195)}sk-secret` } }, `${"x".repeat(195)}***`],
  [{ error: { message: "  " } }, undefined],
  [{ error: { code: 1 } }, undefined],
  [undefined, undefined],
  ["text", undefined],
])("of %j, %j is told", (body, expected) => {
  expect(serverMessage(body, "sk-secret")).toBe(expected);
});

test.each([
  ["0", 0],
  ["7", 7000],
  [" 2.5 ", 2500],
  ["Thu, 01 Jan 1970 00:01:40 GMT", 60_000],
  ["Thu, 01 Jan 1970 00:00:10 GMT", 0],
  ["-5", undefined],
  ["soon", undefined],
  ["Soon, very soon", undefined],
  ["", undefined],
  [null, undefined],
])("40 seconds after 1970, Retry-After %j means %j ms", (header, expected) => {
  expect(retryAfterMs(header, 40_000)).toBe(expected);
});

test("of what fetch fails with, only the name of a system's error is told", () => {
  const cause = Object.assign(new Error("sk-secret"), { code: "ECONNREFUSED" });
  const refused = networkError(new TypeError("fetch failed: sk-secret", { cause }));
  expect([refused.kind, refused.message]).toEqual(["again", "cannot be reached (ECONNREFUSED)"]);
  expect(refused.usage).toEqual({ promptTokens: 0, completionTokens: 0 });
  expect(refused.cause).toBeUndefined();
  // What broke off later may have been paid for.
  const reset = networkError(new TypeError("x", { cause: { code: "ECONNRESET" } }));
  expect([reset.message, reset.usage]).toEqual(["broke off (ECONNRESET)", undefined]);
  const strange = networkError(new TypeError("x", { cause: { code: "sk-secret" } }));
  expect(strange.message).toBe("broke off");
});
