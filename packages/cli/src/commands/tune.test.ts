import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TuneResult } from "@atoll/node/tune";
import { ran } from "../cli.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-cli-tune-"));
  await writeFile(join(folder, "tiny.yaml"), experiment);
  await writeFile(join(folder, "tune.yaml"), tune);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const experiment = `
name: tiny
data: { kind: synthetic, markets: { a: { rows: 500 }, b: { rows: 300 } } }
split: { kind: random, valid: 0.25, test: 0.25 }
model: { kind: deepfm, width: 4, hidden: [8], embeddingStd: 0.1 }
methods: [local, fedavg]
federation: { rounds: 2 }
evaluation: { bootstrap: 100 }
`;

const tune = `
experiment: tiny.yaml
method: fedavg
space:
  training.batchSize: { values: [32, 128] }
  training.optimiser.learningRate: { low: 0.001, high: 0.1, scale: log, steps: 2 }
strategy: { kind: grid }
`;

async function atoll(...words: string[]) {
  return ran(folder, words, () => new Date(0));
}

async function timeless(directory: string): Promise<string> {
  const text = await readFile(join(directory, "tune.json"), "utf8");
  return text.replaceAll(/"seconds": [\d.e-]+/g, '"seconds": 0');
}

describe("atoll tune", () => {
  test("prints each trial, a table of the best, and where plot and best.yaml are", async () => {
    const { stdout, exitCode } = await atoll(
      "tune",
      "tune.yaml",
      "--out",
      "whole",
      "--threads",
      "1",
    );
    expect(exitCode).toBe(0);
    const { best } = JSON.parse(
      await readFile(join(folder, "whole", "tune.json"), "utf8"),
    ) as TuneResult;
    if (best?.outcome.kind !== "measured") throw new Error("no best trial");
    expect(stdout).toContain("4 trials of fedavg\n");
    expect(stdout.match(/^\[\d\/4 trials .*AUC 0\.\d{4}, best 0\.\d{4}$/gm)).toHaveLength(4);
    const [header, first] = stdout.slice(stdout.indexOf("\n\n") + 2).split("\n");
    expect(header!.trim().split(/ +/)).toEqual([
      "AUC",
      "rounds",
      "training.batchSize",
      "training.optimiser.learningRate",
    ]);
    expect(first!.trim().split(/ +/)).toEqual([
      "setting",
      String(best.setting),
      best.outcome.value.toFixed(4),
      "2",
      String(best.values["training.batchSize"]),
      String(best.values["training.optimiser.learningRate"]),
    ]);
    for (const file of ["tune.html", "best.yaml"]) expect(stdout).toContain(`FOLDER/whole/${file}`);
    const page = await readFile(join(folder, "whole", "tune.html"), "utf8");
    expect(page).toContain(best.outcome.value.toFixed(4));
    // One point per trial in the first plot and in that of each parameter; nothing from elsewhere.
    expect(page.match(/<circle/g)).toHaveLength(4 * 3);
    expect(page).not.toMatch(/<script|<link|https?:\/\/(?!www\.w3\.org)/);
  });

  test("killed at any point and resumed, repeats no finished trial and ends with the same result", async () => {
    const directory = join(folder, "killed");
    const bin = resolve(import.meta.dirname, "../../bin/atoll.js");
    const child = spawn(
      process.execPath,
      [bin, "tune", "tune.yaml", "--out", directory, "--threads", "1"],
      { cwd: folder, stdio: "ignore" },
    );
    const ended = new Promise((done) => child.once("exit", done));
    const trials = () => readdir(join(directory, "trials")).catch(() => []);
    while ((await trials()).filter((name) => name.endsWith(".json")).length < 2) {
      if (child.exitCode !== null) throw new Error("the tune ended before it was killed");
      await setTimeout(20);
    }
    child.kill("SIGKILL");
    await ended;
    const finished = (await trials()).filter((name) => name.endsWith(".json")).length;
    const { stdout, exitCode } = await atoll("tune", "--resume", "killed", "--threads", "1");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`4 trials of fedavg, ${finished} done before`);
    expect(stdout.match(/^\[\d\/4 trials/gm) ?? []).toHaveLength(4 - finished);
    expect(await timeless(directory)).toBe(await timeless(join(folder, "whole")));
  });

  test("--final runs the best setting on the test rows and writes its report", async () => {
    const { stdout } = await atoll("tune", "--resume", "whole", "--final", "--threads", "1");
    expect(stdout).toContain("FOLDER/whole/final/report.html");
    expect(stdout).toMatch(/^fedavg +0\.\d{4}/m);
    expect(await readdir(join(folder, "whole", "final"))).toContain("result.json");
  });

  test("a wrong tune file gives its problems with their places, and exit code 2", async () => {
    await writeFile(join(folder, "wrong.yaml"), tune.replace("[32, 128]", "[32, 0]"));
    const { stderr, exitCode } = await atoll("tune", "wrong.yaml");
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "wrong.yaml:5:23  training.batchSize: 0 is too small; give more than 0",
    );
    expect((await atoll("tune")).stderr).toContain("give either a tune file or --resume DIR");
  });

  test("schema --tune prints the schema of tune files", async () => {
    const { stdout } = await atoll("schema", "--tune");
    expect(JSON.parse(stdout)).toHaveProperty("properties.space");
  });
});
