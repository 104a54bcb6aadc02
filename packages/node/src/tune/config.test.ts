import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { tuneJsonSchema } from "./config.ts";
import { planTune } from "./plan.ts";
import { readTune } from "./read.ts";

const root = resolve(import.meta.dirname, "../../../..");

test("docs/reference/tune.schema.json is what `atoll schema --tune` prints", () => {
  const path = resolve(root, "docs/reference/tune.schema.json");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(tuneJsonSchema());
});

test("examples/tune/synthetic.yaml is a valid tune, with the rungs that its comment names", async () => {
  const { rungs } = planTune(await readTune(resolve(root, "examples/tune/synthetic.yaml")));
  expect(rungs.map(({ trials, rounds }) => [trials, rounds])).toEqual([
    [18, 2],
    [6, 6],
    [2, 20],
  ]);
});
