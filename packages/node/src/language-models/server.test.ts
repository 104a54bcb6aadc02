import { CompletionError } from "@atoll/core/augmentation";
import { afterEach, expect, test } from "vitest";
import { promptOf, settingsOf } from "./asking.fixture.ts";
import {
  changed,
  cutsOff,
  endless,
  fails,
  hangs,
  invalidUtf8,
  json,
  raw,
  says,
  slow,
  streamed,
  truncatedJson,
  webPage,
} from "./chat-replies.fixture.ts";
import { startChatServer, type ChatServer, type Reply } from "./chat-server.fixture.ts";
import { serverCompleter } from "./server.ts";

const KEY = "sk-very-secret";
const servers: ChatServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverOf(reply: Reply): Promise<ChatServer> {
  const server = await startChatServer(() => reply);
  servers.push(server);
  return server;
}

async function completed(reply: Reply, changes: Readonly<Record<string, unknown>> = {}) {
  const { baseUrl } = await serverOf(reply);
  const settings = settingsOf({ baseUrl, timeoutSeconds: 5, ...changes });
  const completer = serverCompleter(settings, { apiKey: KEY });
  const { signal } = new AbortController();
  return completer.complete(promptOf("a question"), { seed: 1, signal });
}

async function failed(reply: Reply, changes: Readonly<Record<string, unknown>> = {}) {
  const error: unknown = await completed(reply, changes).then(
    ({ text }) => new Error(`it said ${text}`),
    (error: unknown) => error,
  );
  if (!(error instanceof CompletionError)) throw error;
  expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain(KEY);
  return error;
}

test.each<[string, Reply]>([
  ["at once", says("yes")],
  ["slowly", slow(100, says("yes"))],
  ["as another type", raw('{"choices":[{"message":{"content":"yes"}}]}', { type: "text/plain" })],
  ["without usage", changed("yes", (whole) => ({ ...whole, usage: undefined }))],
  ["after a byte order mark", raw('\ufeff{"choices":[{"message":{"content":"yes"}}]}')],
])("an answer that comes %s is read", async (_, reply) => {
  expect((await completed(reply)).text).toBe("yes");
});

test.each<[string, Reply, CompletionError["kind"], RegExp]>([
  ["429", fails(429, { message: "slow down" }), "again", /status 429 \(slow down\)$/],
  ["500", fails(500), "again", /status 500/],
  [
    "503 with a page",
    raw("<html>busy</html>", { status: 503 }),
    "again",
    /^answers with status 503$/,
  ],
  ["an error as if it were an answer", json(() => ({ error: "busy" })), "again", /500 \(busy\)/],
  ["a lost connection", cutsOff, "again", /^broke off/],
  ["no answer at all", hangs, "again", /^has not answered for 0\.3 seconds$/],
  ["half a JSON text", truncatedJson, "unreadable", /^no completion$/],
  ["bytes that are no text", invalidUtf8, "unreadable", /^not UTF-8$/],
  ["an endless answer", endless, "unreadable", /^too long$/],
  ["nothing", raw(""), "unreadable", /^no completion$/],
  ["a stream", streamed, "unreadable", /^no completion$/],
  ["another protocol", json(() => ({ response: "yes" })), "unreadable", /^no completion$/],
  ["a page", webPage, "refused", /web page.*baseUrl/],
  [
    "404",
    fails(404, { message: "no such model" }),
    "refused",
    /no such model.*augmentation\.model/,
  ],
  ["its own key back", fails(401, { message: `${KEY} is wrong` }), "refused", /\*\*\* is wrong/],
  [
    "a format it lacks",
    fails(400, { message: "bad response_format" }),
    "refused",
    /responseFormat/,
  ],
])("a server that sends %s", async (_, reply, kind, message) => {
  const error = await failed(reply, { timeoutSeconds: reply === hangs ? 0.3 : 5 });
  expect(error.kind).toBe(kind);
  expect(error.message).toMatch(message);
});

test("Retry-After is read in seconds and as a date", async () => {
  const after = async (header: string) =>
    (await failed(fails(429, { headers: { "retry-after": header } }))).waitMs;
  expect(await after("3")).toBe(3000);
  const date = new Date(Date.now() + 100_000).toUTCString();
  expect(Math.abs((await after(date))! - 100_000)).toBeLessThan(5000);
  expect(await after("some day")).toBeUndefined();
});

test("a redirect is not followed: what was asked, and the key, stay with the server that was named", async () => {
  const other = await serverOf(says("yes"));
  const location = `${other.baseUrl}/chat/completions`;
  for (const status of [301, 302, 307, 308]) {
    const error = await failed(raw("", { status, headers: { location } }));
    expect([error.kind, error.message]).toEqual(["refused", expect.stringMatching(/redirects to/)]);
  }
  expect(other.received).toHaveLength(0);
});

test("where nothing listens, the server cannot be reached, and nothing was paid for", async () => {
  const server = await serverOf(hangs);
  await server.close();
  servers.splice(0);
  const completer = serverCompleter(settingsOf({ baseUrl: server.baseUrl }), { apiKey: undefined });
  const { signal } = new AbortController();
  await expect(completer.complete(promptOf("a"), { seed: 1, signal })).rejects.toMatchObject({
    kind: "again",
    message: "cannot be reached (ECONNREFUSED)",
    usage: { promptTokens: 0, completionTokens: 0 },
  });
});

test("an abort breaks a call off, in the middle of an answer too, and its reason is told", async () => {
  for (const reply of [hangs, endless]) {
    const { baseUrl } = await serverOf(reply);
    const completer = serverCompleter(settingsOf({ baseUrl }), { apiKey: undefined });
    const abort = new AbortController();
    const call = completer.complete(promptOf("a"), { seed: 1, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 20);
    if (reply === hangs) await expect(call).rejects.toThrow("enough");
    else await expect(call).rejects.toThrow(/enough|too long/);
  }
});

test("the request is the one of the protocol", async () => {
  const server = await serverOf(says("yes"));
  const settings = settingsOf({ baseUrl: `${server.baseUrl}/`, model: "m" });
  const { signal } = new AbortController();
  await serverCompleter(settings, { apiKey: KEY }).complete(promptOf("a"), { seed: 3, signal });
  expect(server.received[0]).toMatchObject({
    method: "POST",
    url: "/v1/chat/completions",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: { model: "m", seed: 3, messages: [{ role: "user", content: "a" }] },
  });
});
