import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Result } from "@atoll/node/results";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ran } from "../../cli.fixture.ts";

const experiment = `
name: private
data: { kind: synthetic, markets: { a: { rows: 400 }, b: { rows: 300 } } }
split: { kind: random, valid: 0.2, test: 0.3 }
model: { kind: lr }
methods:
  - local
  - { kind: fedavg, name: rows, privacy: { kind: dp-sgd, epsilon: 2, assumePublic: [user, item, segment, device, category, brand, age, price] } }
  - { kind: fedavg, name: central, privacy: { kind: central, noiseMultiplier: 2 } }
  - { kind: fedavg, name: bare, privacy: { kind: central, noiseMultiplier: 0 } }
  - { kind: fedavg, name: ldp, privacy: { kind: local, mode: static, noiseMultiplier: 4 } }
training: { select: last, batchSize: 64 }
federation: { rounds: 2 }
evaluation: { bootstrap: 100 }
`;

/** A thread starts longer than these runs take. */
const oneThread = ["--threads", "1"];

let folder: string;
let result: Result;
let report: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-cli-private-"));
  await writeFile(join(folder, "private.yaml"), experiment);
  const { exitCode, stderr } = await ran(folder, [
    "run",
    "private.yaml",
    "--out",
    "run",
    "--quiet",
    ...oneThread,
  ]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  result = JSON.parse(await readFile(join(folder, "run/result.json"), "utf8")) as Result;
  report = await readFile(join(folder, "run/report.html"), "utf8");
}, 30_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const privacyOf = (method: string) => result.methods[method]!.privacy;

describe("a run with every kind of promise", () => {
  test("has the accounts of those that release: each client, or the server", () => {
    const accounts = (method: string) => Object.keys(privacyOf(method)!.accounts);
    expect(privacyOf("local")).toBeUndefined();
    expect([accounts("rows"), accounts("ldp")]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect([accounts("central"), accounts("bare")]).toEqual([["server"], ["server"]]);
    expect(["rows", "central", "ldp"].map((method) => privacyOf(method)!.unit)).toEqual([
      "example",
      "client",
      "client",
    ]);
  });

  test("has the epsilons that the noise costs", () => {
    const epsilons = (method: string) =>
      Object.values(privacyOf(method)!.accounts).map(({ epsilon }) => epsilon as number);
    for (const epsilon of epsilons("rows")) {
      expect(epsilon).toBeLessThanOrEqual(2);
      expect(epsilon).toBeGreaterThan(1.999);
    }
    // Two releases of multiplier 2: rho = 1/4; of multiplier 4: rho = 1/16. By mpmath over real orders.
    expect(epsilons("central")[0]).toBeCloseTo(3.188971, 3);
    for (const epsilon of epsilons("ldp")) expect(epsilon).toBeCloseTo(1.478116, 3);
    expect(epsilons("bare")).toEqual(["infinity"]);
    expect(privacyOf("ldp")!.cap).toBe(3);
  });

  test("has a curve of both rounds, which ends at the total", () => {
    for (const method of ["rows", "central", "ldp"])
      for (const { byRound, epsilon, releases } of Object.values(privacyOf(method)!.accounts)) {
        expect(byRound.map(({ round }) => round)).toEqual([0, 1]);
        expect(byRound[1]!.epsilon).toBe(epsilon);
        expect(releases).toBe(2);
      }
  });

  test("says in the report what is promised, though private methods have no curves", () => {
    expect(report).toContain('id="privacy"');
    expect(report).toContain(
      "Against whoever sees such a model, or its metrics, nothing here holds",
    );
    expect(report).toContain("What a promise costs");
  });

  test("is explained alike from its result and from its ledger", async () => {
    const run = await ran(folder, ["privacy", "explain", "run"]);
    expect(run.stdout).toMatch(/^server +2 +3\.189$/m);
    expect(run.stdout).toMatch(/^bare +FedAvg: central, unit client +infinity/m);
    const ledger = await ran(folder, ["privacy", "explain", "run/ledger.sqlite"]);
    expect(ledger.stdout).toMatch(/^1\/central\/server +client, add-remove +2 +3\.189/m);
    expect(ledger.stdout).toContain("run/ledger.sqlite: 6 accounts");
  });

  test("that is resumed has the same promises, infinity included", async () => {
    await rm(join(folder, "run/result.json"));
    const { exitCode } = await ran(folder, ["run", "--resume", "run", "--quiet", ...oneThread]);
    expect(exitCode).toBe(0);
    const again = JSON.parse(await readFile(join(folder, "run/result.json"), "utf8")) as Result;
    for (const [name, { privacy }] of Object.entries(result.methods))
      expect(again.methods[name]!.privacy).toEqual(privacy);
  });
});
