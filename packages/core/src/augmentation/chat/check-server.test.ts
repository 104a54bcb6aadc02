import { expect, test } from "vitest";
import { settingsOf } from "./chat.fixture.ts";
import { checkServer } from "./check-server.ts";
import { isLoopback } from "./loopback.ts";

test.each([
  "http://localhost:11434/v1",
  "http://LOCALHOST/v1",
  "http://127.0.0.1:8000",
  "http://127.8.9.10",
  "http://127.1",
  "http://2130706433",
  "http://0x7f.1",
  "http://[::1]:80/v1",
  "http://[0:0:0:0:0:0:0:1]",
])("%s is this machine", (url) => expect(isLoopback(url)).toBe(true));

test.each([
  "http://10.0.0.1",
  "http://0.0.0.0",
  "http://localhost.example.com",
  "http://127.0.0.1.nip.io",
  "http://127.example.com",
  "http://localhost@example.com",
  "http://sub.localhost",
  "http://[::2]",
  "http://[::ffff:8.8.8.8]",
  "https://api.example.com/127.0.0.1",
])("%s may be another", (url) => expect(isLoopback(url)).toBe(false));

const check = (changes: Parameters<typeof settingsOf>[0], key?: string) => () =>
  checkServer(settingsOf(changes), key);
const remote = { baseUrl: "https://api.example.com/v1" };

test("another machine needs allowRemote", () => {
  expect(check(remote)).toThrow(/api\.example\.com is another machine.*allowRemote/s);
  expect(check({ ...remote, allowRemote: true }, "key")).not.toThrow();
  expect(check({})).not.toThrow();
});

test("a key does not travel in clear text, save on this machine", () => {
  const clear = { baseUrl: "http://api.example.com/v1", allowRemote: true };
  expect(check(clear, "key")).toThrow(/use https/);
  expect(check(clear)).not.toThrow();
  expect(check({}, "key")).not.toThrow();
});

test("what is no key, or an address with one, is refused without being told", () => {
  for (const key of ["", "secret\n", "two secrets", "sécret"])
    expect(check({ apiKeyEnv: "MY_KEY" }, key)).toThrow(/^(?!.*s.?cret).*MY_KEY/s);
  expect(check({ baseUrl: "http://me:secret@localhost/v1" })).toThrow(
    /^(?!.*secret).*a user or a password/s,
  );
});
