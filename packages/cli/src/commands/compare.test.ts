import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ran } from "../cli.fixture.ts";
import { started, until } from "./running.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-cli-compare-"));
  await writeFile(join(folder, "north.yaml"), experiment("north", 300));
  await writeFile(join(folder, "south.yaml"), experiment("south", 260));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const experiment = (name: string, rows: number) => `
name: ${name}
data: { kind: synthetic, markets: { a: { rows: ${rows} }, b: { rows: 200 } } }
split: { kind: random, valid: 0.25, test: 0.25 }
model: { kind: lr }
methods: [popularity, local, fedavg]
federation: { rounds: 2 }
evaluation: { bootstrap: 100 }
`;

const GRID = ["--set", "training.batchSize=32,64"];
const atoll = (...words: string[]) => ran(folder, ["compare", ...words], () => new Date(0));

async function timeless(directory: string): Promise<string> {
  const text = await readFile(join(folder, directory, "comparison.json"), "utf8");
  return text.replaceAll(/"seconds": [\d.e-]+/g, '"seconds": 0');
}

describe("atoll compare", () => {
  test("prints the plan, each training, a table for each run and over all, the answer and where the page is", async () => {
    const { stdout, stderr, exitCode } = await atoll(
      "north.yaml",
      "south.yaml",
      ...GRID,
      "--out",
      "whole",
      "--threads",
      "2",
    );
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("2 runs, 12 trainings, 2 at a time\n  north: 6 methods, 1 seed\n");
    expect(stdout.match(/^\[\d+\/12 trainings .* (north|south): .* done after/gm)).toHaveLength(12);
    for (const name of ["local [batchSize=32]", "fedavg [batchSize=64]"])
      // In the table of each run, and in that over both.
      expect(stdout.split("\n").filter((line) => line.startsWith(name))).toHaveLength(3);
    expect(stdout).toContain("local-only training with the same settings (paired, Holm-corrected)");
    expect(stdout).toMatch(/^gain over local +north +south +mean +\+\/=\/- +rank +p$/m);
    expect(stdout).toContain("Note: Less than three seeds in north, south");
    expect(stdout).toMatch(
      /\n(FedAvg \[|No clear gain|Federating does not).*\n.*\n\nReport {7}FOLDER\/whole\/report\.html/,
    );
    for (const run of ["01-north", "02-south"])
      expect(await readdir(join(folder, "whole", "runs", run))).toContain("report.html");
    const page = await readFile(join(folder, "whole", "report.html"), "utf8");
    expect(page).toContain('href="runs/02-south/report.html"');
  });

  test("killed in the middle and resumed, trains no finished cell again and has the same numbers", async () => {
    const bin = resolve(import.meta.dirname, "../../bin/atoll.js");
    const child = spawn(
      process.execPath,
      [bin, "compare", "north.yaml", "south.yaml", ...GRID, "--out", "killed", "--threads", "1"],
      { cwd: folder, stdio: "ignore" },
    );
    const ended = new Promise((done) => child.once("exit", done));
    const finished = async () => {
      const names = await readdir(join(folder, "killed"), { recursive: true }).catch(() => []);
      return names.filter((name) => name.endsWith("done.json"));
    };
    while ((await finished()).length < 3) {
      if (child.exitCode !== null) throw new Error("the comparison ended before it was killed");
      await pause(20);
    }
    child.kill("SIGKILL");
    await ended;
    const before = await finished();
    const times = (names: readonly string[]) =>
      Promise.all(names.map(async (name) => (await stat(join(folder, "killed", name))).mtimeMs));
    const written = await times(before);
    const { stdout, exitCode } = await atoll("--resume", "killed", "--threads", "1");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`2 runs, 12 trainings, 1 at a time; ${before.length} done before`);
    expect(stdout.match(/^\[\d+\/12 trainings/gm)).toHaveLength(12 - before.length);
    expect(await times(before)).toEqual(written);
    expect(await timeless("killed")).toBe(await timeless("whole"));
  });

  test("interrupted, it says how to go on, and exits with 130", async () => {
    const running = started(folder, [
      "compare",
      "north.yaml",
      "--seed",
      "1,2",
      "--out",
      "stopped",
      "--threads",
      "1",
    ]);
    await until("a finished training", {
      holds: () => /^\[\d+\/8 trainings/m.test(running.stdout()),
      told: running.stdout,
    });
    running.interrupt();
    expect(await running.ended).toBe(130);
    expect(running.stderr()).toMatch(
      /Stopped\. \d of 8 trainings are finished and saved\.\nContinue with: atoll compare --resume .*stopped/,
    );
  });

  test("--add brings methods and seeds; --json says everything as lines, the comparison last", async () => {
    const { stdout } = await atoll(
      "--add",
      "stopped",
      "--methods",
      "fedprox",
      "--json",
      "--threads",
      "1",
    );
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
    expect(lines[0]!.kind).toBe("compare-plan");
    expect(lines.at(-1)).toMatchObject({
      kind: "comparison",
      comparison: { runs: [{ seeds: [1, 2], methods: { fedprox: { against: "local" } } }] },
    });
    const quiet = await atoll("--resume", "stopped", "--quiet", "--threads", "1");
    expect(quiet.stdout).not.toContain("trainings  ");
    expect(quiet.stdout).toMatch(/^fedprox +0\.\d{4}/m);
  });

  test("wrong usage and wrong settings are told at once, with exit code 2", async () => {
    const wrong = await atoll(
      "north.yaml",
      "--set",
      "training.batchSize=32,0",
      "--set",
      "seeds=1,2",
    );
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("seeds make cells of every run; give them with --seed");
    for (const [words, message] of [
      [[], "give experiment files, --add DIR or --resume DIR"],
      [["--add", "whole"], "--add needs something to add"],
      [["north.yaml", "--resume", "whole"], "to change it, give --add DIR instead"],
      [
        ["--add", "whole", "--seed", "2", "--out", "x"],
        "--out names the folder of a new comparison",
      ],
      [["--add", "whole", "--resume", "whole"], "give --add or --resume, not both"],
    ] as const) {
      const { stderr, exitCode } = await atoll(...words);
      expect(stderr).toContain(message);
      expect(exitCode).toBe(2);
    }
  });
});
