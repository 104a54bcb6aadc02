import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Result } from "@atoll/node/results";
import { ran } from "./cli.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command in-process, as a pipe would see it. */
async function atoll(...words: string[]) {
  return ran(folder, words);
}

/** A thread starts longer than these runs take. */
const run = (...words: string[]) => atoll("run", ...words, "--threads", "1");

const tiny = `
name: tiny
data: { kind: synthetic, markets: { a: { rows: 600 }, b: { rows: 300 } } }
split: { kind: random, valid: 0.2, test: 0.2 }
model: { kind: deepfm, width: 4, hidden: [8] }
methods: [popularity, local, fedavg]
federation: { rounds: 2 }
evaluation: { bootstrap: 100 }
`;

describe("help", () => {
  test("names every command", async () => {
    expect((await atoll("--help")).stdout).toMatchInlineSnapshot(`
      "USAGE
        atoll run [--set a.b=c]... [--seed N]... [--out DIR] [--threads N] [--quiet] [--json] [--resume DIR] [<FILE>]
        atoll compare [--set a.b=c,d]... [--seed N]... [--methods M]... [--out DIR] [--add DIR] [--resume DIR] [--threads N] [--quiet] [--json] <FILE>...
        atoll tune [--out DIR] [--threads N] [--quiet] [--json] [--final] [--resume DIR] [<FILE>]
        atoll init [--out FILE] [--force] <FILE>...
        atoll data inspect|prepare|split|synth ...
        atoll privacy epsilon|calibrate|schedule|explain ...
        atoll audit [--shadows N] [--canaries N] [--seed N] [--methods NAME]... [--threads N] [--json] <RUN>
        atoll predict (--rows FILE) (--client NAME) [--method NAME] [--seed N] [--out FILE] [--keep NAME]... [--top K] [--format csv|tsv|delimited|jsonl|parquet] [--delimiter C] [--threads N] [--json] <RUN>
        atoll export [--method NAME] [--seed N] [--client NAME]... (--out DIR) [--json] <RUN>
        atoll augment plan|run|inspect ...
        atoll schema [--tune] [<EXPERIMENT>]
        atoll server init|run|invite|revoke|clients|audit|nats ...
        atoll client join|run|review ...
        atoll submit (--server DIR) [--set a.b=c]... [--clients NAME]... [--deadline SECONDS] [--minimum SHARE] [--target SHARE] [--follow] <EXPERIMENT>
        atoll status [--json] <DIR>
        atoll runs [--metric NAME] [--json] [--record URL] <DIR> [<RUN>]
        atoll logs [--follow] [--json] [--record URL] <DIR> <RUN>
        atoll cancel <DIR> <RUN>
        atoll doctor [--data FOLDER] [--behind-proxy] [--record URL] [--json] <DIR>
        atoll explain [<CODE>]
        atoll --help

      Train and compare federated recommendation models across markets whose data stay at home.

      FLAGS
        -h --help  Print help information and exit

      COMMANDS
        run      Run an experiment: train every method for every seed, compare, write a report
        compare  Compare methods over experiments, seeds and settings: one answer, one page
        tune     Search settings of an experiment by a validation metric; test rows stay unread
        init     Write a commented starter experiment for your own files, one per client
        data     Look at data files, prepare and split them, make synthetic ones
        privacy  Say what noise costs, how much a budget needs, and what a run released
        audit    Attack the models of a finished run, and hold what is found against its promises
        predict  Score new rows with a client's model of a finished run
        export   Write a run's models as ONNX files that take raw rows, each with a model card
        augment  Say what augmentation would ask a language model, ask it, look at what it said
        schema   Print the JSON Schema of experiment files, for editors
        server   Make and run the server of a federation across machines, and say who may join
        client   Join a server and work for it beside a silo's data, as the silo's policy allows
        submit   Submit an experiment to a running server; its clients train it, each on its rows
        status   Show how a running server is: its health, its clients, what each run waits for
        runs     List a server's runs; or show one: who took part, and the results by method
        logs     Print a run's metrics, round by round
        cancel   End a run at once; what it has trained until now stays in the record
        doctor   Look for what is wrong with a server or a client: disk, keys, clock, connection, data
        explain  Say what an error's code means and what to do; without one, list them all
      "
    `);
  });

  test("of run names every flag", async () => {
    expect((await atoll("run", "--help")).stdout).toMatchInlineSnapshot(`
      "USAGE
        atoll run FILE [--set a.b=c]... [--seed N]... [--out DIR]
        atoll run --resume DIR
        atoll run --help

      Run an experiment: train every method for every seed, compare, write a report

      FLAGS
           [--set]...   override a setting: path.to.setting=value
           [--seed]...  seeds instead of the experiment's, such as 1,2,3          [separator = ,]
           [--out]      folder of the run; default runs/NAME-TIME
           [--threads]  threads in all, shared by clients; never changes a number
           [--quiet]    print the final table only                                [default = false]
           [--json]     one JSON event per line, the result last                  [default = false]
           [--resume]   continue the run in this folder
        -h  --help      Print help information and exit

      ARGUMENTS
        [FILE]  the experiment, a YAML file
      "
    `);
  });
});

describe("run", () => {
  test("prints progress, the answer, the table and where the report is; the report exists", async () => {
    await writeFile(join(folder, "tiny.yaml"), tiny);
    const { stdout, stderr, exitCode } = await run("tiny.yaml", "--out", "out");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/fedavg seed 1 round 1\/3 {2}auc: a 0\.\d{4}, b 0\.\d{4}/);
    expect(stdout).toMatch(/^AUC +a +b +mean +95% interval +worst +up +down +rounds$/m);
    expect(stdout).toMatch(/^best-possible \*/m);
    expect(await readFile(join(folder, "out/report.html"), "utf8")).toContain("<!doctype html>");
  });

  test("--quiet prints the result only; --seed and --set reach the experiment", async () => {
    const { stdout } = await run(
      "tiny.yaml",
      "--out",
      "quiet",
      "--quiet",
      "--seed",
      "5,6",
      "--set",
      "methods=[local]",
    );
    expect(stdout).not.toContain("round 1/3");
    const result = JSON.parse(await readFile(join(folder, "quiet/result.json"), "utf8")) as Result;
    expect(result.seeds).toEqual([5, 6]);
    expect(Object.keys(result.methods)).toEqual(["local", "best-possible"]);
  });

  test("--json prints one JSON object per line, the result last", async () => {
    const { stdout } = await run(
      "tiny.yaml",
      "--out",
      "json",
      "--json",
      "--set",
      "methods=[local]",
    );
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string });
    expect(events.slice(0, 3).map(({ kind }) => kind)).toEqual(["splitting", "splitting", "plan"]);
    expect(events.at(-1)!.kind).toBe("result");
  });

  test("a wrong experiment ends with 2 and every problem at its place", async () => {
    await writeFile(
      join(folder, "wrong.yaml"),
      tiny
        .replace("methods: [popularity", "seedz: [1]\nmethods: [popularityy")
        .replace("rounds: 2", "rounds: -2"),
    );
    const { stderr, exitCode } = await atoll("run", "wrong.yaml");
    expect(exitCode).toBe(2);
    expect(stderr).toMatchInlineSnapshot(`
      "[EXPERIMENT_INVALID]
      wrong.yaml:7:11  methods.0: "popularityy" is not one of popularity, recency, item-knn, ease, mf-bpr, lightgcn, local, centralised, centralised-codes, best-possible, fedavg, fedprox, fedbn, fedadam, scaffold, fedavg-finetuned, ditto, fedper, fedrep, fedamp, fedhca2, fcf, pfedrec, feddcsr, p2fcdr, fedmm, pf-msmtrec, c2dsr, tri-cdr, centralised-fedcctr, fedcctr; did you mean "popularity"?
      wrong.yaml:8:23  federation.rounds: -2 is too small; give more than 0
      wrong.yaml:6:1  seedz: unknown key; did you mean "seeds"?
      "
    `);
  });

  test("neither a file nor --resume is wrong usage", async () => {
    const { stderr, exitCode } = await atoll("run");
    expect([exitCode, stderr.trim()]).toEqual([
      2,
      "give either an experiment file or --resume DIR",
    ]);
  });

  test("an unknown flag is wrong usage, with a suggestion", async () => {
    const { stderr, exitCode } = await atoll("run", "tiny.yaml", "--quite");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--quiet");
  });

  test("a missing data file ends with 1 and a code, not with a stack", async () => {
    await writeFile(
      join(folder, "missing.yaml"),
      "data: { kind: files, feedback: explicit, columns: { label: click, categorical: [colour] }, clients: { de: { path: de.csv } } }\nsplit: { kind: random }\nmethods: [local]\n",
    );
    const { stderr, exitCode } = await atoll("run", "missing.yaml", "--out", "missing");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('[DATA_FILE_MISSING] client "de": there is no file FOLDER/de.csv');
    expect(stderr).not.toContain("    at ");
  });
});

/** Clicks of a market: who prefers which colour. */
function clicks(numRows: number): string {
  const lines = Array.from({ length: numRows }, (_, i) => {
    const user = i % 23;
    const item = (i * 7) % 31;
    return `u${user},"i ""${item}""",${user % 2 === 0 ? "red" : "blue"},${item},${(user + item) % 3 === 0 ? 1 : 0},2024-01-01 00:00:${String(i % 60).padStart(2, "0")}`;
  });
  return ["user_id,item_id,colour,price,click,timestamp", ...lines].join("\n");
}

describe("a newcomer's own files", () => {
  test("init guesses the roles, and run works on what it wrote, unedited", async () => {
    await writeFile(join(folder, "north.csv"), clicks(600));
    await writeFile(join(folder, "south.csv"), clicks(400));
    const init = await atoll("init", "north.csv", "south.csv", "--out", "mine.yaml");
    expect(init.exitCode).toBe(0);
    expect(await readFile(join(folder, "mine.yaml"), "utf8")).toMatchInlineSnapshot(`
      "# What would each client gain from federating? Check the roles below, then: atoll run <this file>
      # Every setting with its meaning: atoll schema
      name: my-markets

      data:
        kind: files
        directory: .                   # paths below count from here; here counts from this file
        feedback: explicit            # rows carry labels 0 and 1
        columns:
          user: user_id                # who
          item: item_id                # what was offered or chosen
          time: timestamp                # a date, a timestamp, or any number that grows with time
          label: click                # 0 and 1
          categorical: [colour]              # further columns with few values; write { column: brand, of: item } for properties of items
          numeric: [price]                  # numbers
        # common: [item]               # features whose values mean the same in every client
        clients:                       # one entry per market, shop, app ...
          north: { path: north.csv }
          south: { path: south.csv }

      split: { kind: time, valid: 0.1, test: 0.1 }      # the latest rows are test; or leave-one-out, random

      model: { kind: deepfm, width: 16, hidden: [64, 32], batchNorm: true }

      # local is what every client has today; centralised is what no federation can have.
      methods: [popularity, local, centralised, fedavg, fedprox, fedbn, fedadam]

      federation:
        rounds: 20
        shared: []                     # features of data.common whose embeddings are federated

      training:
        optimiser: { kind: adam, learningRate: 0.003 }
        patience: 5

      seeds: [1, 2, 3]
      "
    `);
    const { exitCode, stderr, stdout } = await run(
      "mine.yaml",
      "--out",
      "mine",
      "--quiet",
      "--seed",
      "1",
      "--set",
      "federation.rounds=2",
    );
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^AUC +north +south/m);
  });

  test("init never overwrites without --force", async () => {
    const { stderr, exitCode } = await atoll("init", "north.csv", "--out", "mine.yaml");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("mine.yaml exists; use --force");
  });

  test("the template without files is a valid experiment but for its files", async () => {
    await atoll("init", "--out", "template.yaml");
    const { stderr, exitCode } = await atoll("run", "template.yaml", "--out", "template");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("DATA_FILE_MISSING");
  });

  test("data inspect shows types, counts, missing values, the rate of ones and frequent values", async () => {
    expect((await atoll("data", "inspect", "north.csv")).stdout).toMatchInlineSnapshot(`
      "FOLDER/north.csv
      csv, 600 rows, 6 columns

      column     type    missing  distinct                  min                  max    mean    ones  most frequent
      user_id    text          0        23                   u0                   u9                  u0 (27), u1 (27), u10 (26)
      item_id    text          0        31                i "0"                i "9"                  i "0" (20), i "1" (20), i "11" (20)
      colour     text          0         2                 blue                  red                  red (313), blue (287)
      price      number        0        31                    0                   30   14.95          0 (20), 1 (20), 11 (20)
      click      number        0         2                    0                    1  0.3367  33.67%  0 (398), 1 (202)
      timestamp  time          0        60  2024-01-01 00:00:00  2024-01-01 00:00:59                  2024-01-01 00:00:00 (10), 2024-01-01 00:00:01 (10), 2024-01-01 00:00:02 (10)
      "
    `);
  });
});
