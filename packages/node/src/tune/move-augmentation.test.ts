import { afterEach, expect, test, vi } from "vitest";
import { parseDocument } from "yaml";
import { moveAugmentation } from "./move-augmentation.ts";

afterEach(() => vi.unstubAllEnvs());

function moved(text: string): unknown {
  const document = parseDocument(text);
  moveAugmentation(document, { from: "/studies/tea", to: "/studies/runs/tune" });
  return document.toJS({}) as unknown;
}

test("answers, prompts and models are found where they were", () => {
  vi.stubEnv("ATOLL_CACHE", "");
  const text = `
methods:
  - { kind: fedcctr, name: a, augmentation: { kind: local, model: m.gguf, cache: ../a.sqlite } }
  - fedcctr
  - { kind: fedcctr, name: b, augmentation: { kind: heuristic, vectors: { kind: sentence, model: /abs } } }
augmentation: { kind: openai-compatible, model: m.gguf, prompts: own/prompts }
`;
  expect(moved(text)).toEqual({
    methods: [
      {
        kind: "fedcctr",
        name: "a",
        augmentation: { kind: "local", model: "../../tea/m.gguf", cache: "../../a.sqlite" },
      },
      "fedcctr",
      {
        kind: "fedcctr",
        name: "b",
        augmentation: {
          kind: "heuristic",
          vectors: { kind: "sentence", model: "../../../abs" },
        },
      },
    ],
    augmentation: {
      kind: "openai-compatible",
      model: "m.gguf",
      prompts: "../../tea/own/prompts",
      cache: "../../tea/.atoll/cache/augmentation.sqlite",
    },
  });
});

test("an experiment without augmentation stays as it is, and nothing is named where no answers are kept", () => {
  vi.stubEnv("ATOLL_CACHE", "off");
  const asking = { augmentation: { kind: "openai-compatible", model: "m" } };
  expect(moved("augmentation: { kind: openai-compatible, model: m }")).toEqual(asking);
  expect(moved("name: tea")).toEqual({ name: "tea" });
});
