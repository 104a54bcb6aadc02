import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { experimentJsonSchema, parseExperiment } from "@atoll/node/experiment";

const root = resolve(import.meta.dirname, "..");

test.each(
  globSync(["examples/*.yaml", "examples/{augmentation,fedcctr,fedmm,pf-msmtrec,privacy}/*.yaml"], {
    cwd: root,
  }),
)("%s is a valid experiment", (path) => {
  const experiment = parseExperiment(readFileSync(join(root, path), "utf8"), path);
  expect(experiment.methods.length).toBeGreaterThan(0);
});

test("docs/reference/experiment.schema.json is what `npm run schema` writes", () => {
  const committed: unknown = JSON.parse(
    readFileSync(join(root, "docs/reference/experiment.schema.json"), "utf8"),
  );
  expect(committed).toEqual(experimentJsonSchema());
});
