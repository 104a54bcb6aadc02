import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { privacyConfig } from "@atoll/core/privacy";
import { parseExperiment } from "@atoll/node/experiment";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ran } from "../../cli.fixture.ts";

const guide = readFileSync(
  resolve(import.meta.dirname, "../../../../../docs/reference/privacy.md"),
  "utf8",
);

function blocksOf(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, text]) => text!,
  );
}

describe("docs/reference/privacy.md", () => {
  test.each(blocksOf("console").map((block) => block.split(/\n/, 1)[0]!))(
    "%s prints what the guide shows",
    async (line) => {
      const block = blocksOf("console").find((own) => own.startsWith(line))!;
      const words = line.replace("$ atoll ", "").split(" ");
      const { stdout, stderr } = await ran(import.meta.dirname, words);
      expect([block.slice(line.length + 1), stderr]).toEqual([stdout, ""]);
    },
  );

  test("the whole experiment is valid, and every block of settings is", () => {
    const [experiment, ...settings] = blocksOf("yaml");
    const { methods, privacy } = parseExperiment(experiment!, "private.yaml");
    expect([methods.length, privacy.kind]).toEqual([2, "dp-sgd"]);
    const kinds = settings.map(
      (block) => privacyConfig.parse((parse(block) as { privacy: unknown }).privacy).kind,
    );
    expect(kinds).toEqual(["central", "local", "distributed", "dp-sgd"]);
  });
});
