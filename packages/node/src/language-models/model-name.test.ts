import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { augmentationConfig, type LanguageModelSettings } from "@atoll/core/augmentation";
import { afterAll, expect, test } from "vitest";
import { modelNameOf } from "./model-name.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-models-"));
afterAll(() => rmSync(folder, { recursive: true }));

const settingsOf = (raw: Readonly<Record<string, unknown>>) =>
  augmentationConfig.parse(raw) as LanguageModelSettings;
const local = (model: string) => settingsOf({ kind: "local", model });

test("a file is named by its name, size and the SHA-256 of its first MiB", async () => {
  const path = join(folder, "a.gguf");
  writeFileSync(path, "GGUF");
  truncateSync(path, 3 << 20);
  // (printf GGUF; head -c 1048572 /dev/zero) | sha256sum
  const sha256 = "212e90927a35dd0fcfb2e09dbc2c3057ed77a820ce0ad5af5cbd98a5c5e94226";
  expect(await modelNameOf(local("a.gguf"), folder)).toBe(`a.gguf 3145728 ${sha256}`);
  expect(await modelNameOf(local(path), "/elsewhere")).toBe(`a.gguf 3145728 ${sha256}`);
});

test("a short file is hashed whole", async () => {
  writeFileSync(join(folder, "b.gguf"), "GGUF and no more");
  // printf 'GGUF and no more' | sha256sum
  const sha256 = "38428d0c0ddfe1a4dd9ae6b522c24afd01692c4f944bd35395c19e30642a008d";
  expect(await modelNameOf(local("b.gguf"), folder)).toBe(`b.gguf 16 ${sha256}`);
});

test("a model behind a server has the server's name for it", async () => {
  const settings = settingsOf({
    kind: "openai-compatible",
    baseUrl: "http://127.0.0.1:1/v1",
    model: "llama2:13b",
  });
  expect(await modelNameOf(settings, folder)).toBe("llama2:13b");
});

test.each([
  ["none.gguf", /augmentation\.model "none\.gguf": ENOENT.*give a GGUF file/],
  ["c.gguf", /of 3 bytes, is no GGUF file/],
  [".", /augmentation\.model "\."/],
])("%s is no model", async (model, message) => {
  writeFileSync(join(folder, "c.gguf"), "GGU");
  await expect(modelNameOf(local(model), folder)).rejects.toMatchObject({
    code: "AUGMENTATION_MODEL",
    message: expect.stringMatching(message),
  });
});
