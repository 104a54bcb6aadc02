import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readExperiment, type Experiment } from "../experiment/index.ts";
import { prepareClients } from "./prepare.ts";

const root = resolve(import.meta.dirname, "../../../..");
const sample = resolve(root, "../shared/data/aliexpress-sample");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-aliexpress-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The example, on folders like the published ones that hold the sample's files. */
async function onSample(): Promise<Experiment> {
  const experiment = await readExperiment(join(root, "examples/pf-msmtrec/aliexpress.yaml"));
  for (const country of ["NL", "ES", "FR", "US"]) {
    const directory = join(folder, `AliExpress_${country}`);
    await mkdir(directory, { recursive: true });
    for (const part of ["train", "test"])
      await writeFile(
        join(directory, `${part}.csv`),
        gunzipSync(await readFile(join(sample, `${part}.csv.gz`))),
      );
  }
  if (experiment.data.kind !== "files") throw new Error("the example reads files");
  return { ...experiment, data: { ...experiment.data, directory: folder } };
}

test("the example of the full sets reads files of the sample's columns (skipped where it is absent)", async ({
  skip,
}) => {
  if (!existsSync(sample)) skip("the dataset is absent");
  const experiment = await onSample();
  const signal = new AbortController().signal;
  const splits = (await prepareClients(experiment, folder, () => {}, signal)).get(1)!;
  expect(splits.map(({ client }) => client)).toEqual(["es", "fr", "nl", "us"]);
  for (const { label, furtherLabels, tasks, train, valid, test: tested, ...split } of splits) {
    expect(tasks).toEqual(["click", "conversion"]);
    expect([split.categorical.length, split.numeric.length]).toEqual([16, 63]);
    // 1,000 rows each: 29 and 43 clicks, 10 conversions each, as the sample's own page counts them.
    expect([train.length + valid.length, tested.length]).toEqual([1000, 1000]);
    const count = (labels: Float32Array, rows: Int32Array) =>
      rows.reduce((sum, row) => sum + labels[row]!, 0);
    expect([count(label, train) + count(label, valid), count(label, tested)]).toEqual([29, 43]);
    const [conversion] = furtherLabels;
    expect([
      count(conversion!, train) + count(conversion!, valid),
      count(conversion!, tested),
    ]).toEqual([10, 10]);
    expect(valid.length).toBeGreaterThan(30);
  }
});
