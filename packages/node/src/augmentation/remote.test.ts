import { augmentationConfig, type LanguageModelSettings } from "@atoll/core/augmentation";
import { expect, test } from "vitest";
import { apiKeyOf, checkRemote, remoteHost } from "./remote.ts";

const settings = (baseUrl: string, own: Readonly<Record<string, unknown>> = {}) =>
  augmentationConfig.parse({
    kind: "openai-compatible",
    baseUrl,
    ...own,
  }) as LanguageModelSettings;

test.each([
  ["http://127.0.0.1:11434/v1", undefined],
  ["http://127.8.9.1/v1", undefined],
  ["http://localhost/v1", undefined],
  ["http://[::1]:8080/v1", undefined],
  ["https://models.example/v1", "models.example"],
  ["http://models.example:8080/v1", "models.example:8080"],
  ["http://192.168.1.7/v1", "192.168.1.7"],
  ["http://localhost.models.example/v1", "localhost.models.example"],
  ["http://127.0.0.1.models.example/v1", "127.0.0.1.models.example"],
  ["http://0.0.0.0/v1", "0.0.0.0"],
  ["http://[::2]/v1", "[::2]"],
])("prompts to %s go to another machine: %s", (url, host) => {
  const own = settings(url);
  expect(remoteHost(own)).toBe(host);
  const check = () => checkRemote("fedcctr", own);
  if (host === undefined) expect(check).not.toThrow();
  else
    expect(check).toThrow(
      `method fedcctr would send prompts to ${host}, which is not this machine`,
    );
  expect(() => checkRemote("fedcctr", settings(url, { allowRemote: true }))).not.toThrow();
});

test("the refusal says which fields would leave, of the stages that are on", () => {
  const message = (own: Readonly<Record<string, unknown>>) => {
    try {
      checkRemote("m", settings("https://models.example/v1", own));
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const all = message({});
  for (const stage of ["items: ", "profiles: ", "sequences: "]) expect(all).toContain(stage);
  expect(all).toContain("titles of a user's latest 20 training events");
  expect(all).toContain("set augmentation.allowRemote to true");
  const items = message({ stages: ["items"] });
  expect(items).not.toContain("profiles");
  expect(items).not.toContain("a user");
});

test("other kinds go nowhere", () => {
  for (const own of [{ kind: "heuristic" }, { kind: "local", model: "m.gguf" }]) {
    const parsed = augmentationConfig.parse(own);
    expect(remoteHost(parsed)).toBeUndefined();
    checkRemote("m", parsed);
  }
});

test("a key comes from the environment, and has to be there where settings name it", () => {
  const named = settings("http://127.0.0.1/v1", { apiKeyEnv: "MODEL_KEY" });
  expect(apiKeyOf(settings("http://127.0.0.1/v1"), { MODEL_KEY: "k" })).toBeUndefined();
  expect(apiKeyOf(named, { MODEL_KEY: "k" })).toBe("k");
  for (const environment of [{}, { MODEL_KEY: "" }])
    expect(() => apiKeyOf(named, environment)).toThrow(
      "augmentation.apiKeyEnv names the environment variable MODEL_KEY, which is not set",
    );
});
