import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainAccount } from "@atoll/core/privacy";
import { openLedger } from "@atoll/node/ledger";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ran } from "../../cli.fixture.ts";
import { privateResult } from "../../report/privacy.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-cli-explain-"));
  for (const run of ["one", "two"]) {
    await mkdir(join(folder, run));
    await writeFile(join(folder, run, "result.json"), JSON.stringify(privateResult()));
  }
  await mkdir(join(folder, "unfinished"));
  await writeLedger(join(folder, "unfinished", "ledger.sqlite"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Two releases with noise multiplier 2 by `de`, one without noise by `jp`. */
async function writeLedger(path: string): Promise<void> {
  const ledger = openLedger(path);
  const budget = { delta: 1e-5, accountant: "rdp", adaptivity: { kind: "zcdp-filter" } } as const;
  for (const [name, rounds, noiseMultiplier] of [
    ["de", [0, 1], 2],
    ["jp", [0], 0],
  ] as const) {
    const epsilon = name === "de" ? 5 : Infinity;
    const account = await ledger.account(name, { ...budget, epsilon });
    for (const round of rounds)
      await account.charge([
        {
          id: `train/${round}`,
          run: "tiny, seed 1, fedavg",
          stage: "train",
          round,
          what: "the client's noisy movement",
          unit: "client",
          adjacency: "add-remove",
          uses: {
            mechanism: { kind: "gaussian", noiseMultiplier, samplingRate: 1 },
            count: 1,
          },
        },
      ]);
  }
  ledger.close();
}

const explain = (...words: string[]) => ran(folder, ["privacy", "explain", ...words]);

describe("a run", () => {
  test("is explained method by method, and by what promises cost", async () => {
    const { stdout, exitCode } = await explain("one");
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "one, strong: dp-sgd, unit example, add-remove, delta 0.00001, accountant rdp, cap 12

      account  releases  epsilon  not amplified
      de             20      0.5             15
      jp             20        1             30

      Released, for jp:
      - train: the model after 1 pass (20 releases)

      What it means, for jp:
      - What is protected is one row.
      - Epsilon is 1 at delta 0.00001.

      Not covered:
      - Metrics: they are <exact> numbers.


      one, weak: dp-sgd, unit example, add-remove, delta 0.00001, accountant rdp, cap 12

      account  releases  epsilon  not amplified
      de             20       10            300
      jp             20        4            120

      Released, for de:
      - train: the model after 1 pass (20 releases)

      What it means, for de:
      - What is protected is one row.
      - Epsilon is 9.99991 at delta 0.00001.

      Not covered:
      - Metrics: they are <exact> numbers.


      What a promise costs: mean over clients, epsilon the greatest of a method's accounts.

      method      promise                        epsilon  ndcg@10      95% interval
      strong      FedAvg: dp-sgd, unit example         1   0.3100  [0.3000, 0.3200]
      weak        FedAvg: dp-sgd, unit example        10   0.3300  [0.3200, 0.3400]
      Local only  Local only: no promise        infinity   0.3000  [0.2900, 0.3100]
      FedAvg      FedAvg: no promise            infinity   0.3400  [0.3300, 0.3500]
      "
    `);
  });

  test("--json gives what result.json says of each method, null where nothing is promised", async () => {
    const { methods } = JSON.parse((await explain("one", "--json")).stdout) as {
      methods: Record<string, unknown>;
    };
    expect(methods["local"]).toBeNull();
    expect(methods["weak"]).toEqual(privateResult().methods["weak"]!.privacy);
  });

  test("several have their names before the methods'; --html draws all of them", async () => {
    const { stdout } = await explain("one", "two", "--html", "utility.html");
    expect(stdout).toMatch(/^two, strong +FedAvg: dp-sgd, unit example +1 +0\.3100/m);
    const html = await readFile(join(folder, "utility.html"), "utf8");
    expect(html).toContain("NDCG@10 against epsilon");
    expect(html).toContain("one, two");
  });
});

describe("a ledger", () => {
  test("of an unfinished run is explained account by account, the weakest first", async () => {
    const [title, table, ...inWords] = (await explain("unfinished")).stdout.split("\n\n");
    expect(`${title}\n\n${table}`).toMatchInlineSnapshot(`
      "unfinished: 2 accounts

      account  unit                releases   epsilon  not amplified  sampling formula  cap    delta
      jp       client, add-remove         1  infinity              -                 -    -  0.00001
      de       client, add-remove         2     3.189              -                 -    5  0.00001"
    `);
    const ledger = openLedger(join(folder, "unfinished", "ledger.sqlite"));
    const accounts = [(await ledger.read("jp"))!, (await ledger.read("de"))!];
    ledger.close();
    const released = [
      "train, round 0: the client's noisy movement (1 release)",
      "train, rounds 0 to 1: the client's noisy movement (2 releases)",
    ];
    expect(inWords.map((text) => text.trim().split("\n"))).toEqual(
      accounts.map((account, i) => [
        `${account.account}:`,
        `- tiny, seed 1, fedavg: ${released[i]}`,
        ...explainAccount(account).map((sentence) => `- ${sentence}`),
      ]),
    );
  });

  test("--json exports it, and the export is explained to the same words", async () => {
    const { stdout } = await explain("unfinished/ledger.sqlite", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "atoll/ledger/v1",
      accounts: [{ account: "de" }, { account: "jp", spent: { epsilon: "infinity" } }],
    });
    await writeFile(join(folder, "export.json"), stdout);
    const words = (await explain("export.json")).stdout;
    expect(words.replaceAll("export.json", "unfinished")).toBe(
      (await explain("unfinished")).stdout,
    );
  });
});

describe("wrong paths", () => {
  test("are named all at once", async () => {
    await writeFile(join(folder, "other.json"), "{}");
    await mkdir(join(folder, "empty"));
    const { stderr, exitCode } = await explain("none", "one", "other.json", "empty");
    expect(exitCode).toBe(2);
    expect(
      stderr
        .trim()
        .split("\n")
        .map((line) => line.split(":")[0]),
    ).toEqual(["none", "other.json", "empty"]);
    expect(stderr).toContain("neither a run with a result.json or a ledger.sqlite");
  });

  test("a database of something else is no ledger, and stays as it is", async () => {
    await copyFile(join(folder, "unfinished/ledger.sqlite"), join(folder, "odd.sqlite"));
    const bytes = await readFile(join(folder, "odd.sqlite"));
    bytes.fill(0, 68, 72);
    await writeFile(join(folder, "odd.sqlite"), bytes);
    const { stderr, exitCode } = await explain("odd.sqlite");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[PRIVACY_LEDGER]");
  });

  test("a plot of what does not differ is refused", async () => {
    const { stderr, exitCode } = await explain("unfinished", "--html", "x.html");
    expect([exitCode, stderr.trim()]).toEqual([
      2,
      "--html draws the headline metric against epsilon, and no two methods of these runs differ in epsilon; give the folders of finished runs that do",
    ]);
  });
});
