import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditResult } from "@atoll/node/audit";
import { ran } from "../cli.fixture.ts";

let folder: string;
const atoll = (...words: string[]) => ran(folder, words);

const tiny = `
name: tiny
data:
  kind: scenarios
  scenarios: { a: { rows: 400 } }
  features: 3
  units: 2
  ids: { fields: 2, values: 100, hash: 1500 }
split: { kind: random, valid: 0.05, test: 0.45 }
model: { kind: lr }
methods: [{ kind: local, name: clipped, privacy: { kind: dp-sgd, clipNorm: 1, noiseMultiplier: 0 } }]
federation: { rounds: 10 }
training: { batchSize: 32, select: last, optimiser: { kind: adam, learningRate: 0.1 } }
evaluation: { bootstrap: 100 }
seeds: [1]
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-audit-cli-"));
  await writeFile(join(folder, "tiny.yaml"), tiny);
  const { exitCode, stderr } = await atoll("run", "tiny.yaml", "--out", "out", "--threads", "1");
  expect([exitCode, stderr]).toEqual([0, ""]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const audit = (...flags: string[]) =>
  atoll("audit", "out", "--shadows", "0", "--threads", "1", ...flags);

test("a promise that does not hold ends with 1 and a loud line; without one, the same ends with 0", async () => {
  const path = join(folder, "out/checkpoints/seed-1/clipped/done.json");
  const record = JSON.parse(await readFile(path, "utf8")) as {
    privacy: { a: { spent: { epsilon: number | null } } };
  };
  const honest = await audit("--canaries", "150", "--seed", "3");
  expect([honest.exitCode, honest.stderr]).toEqual([0, ""]);
  expect(honest.stdout).toMatch(/^canaries +client +guessed right +epsilon at least +promised$/m);
  expect(honest.stdout).toContain("infinity");

  record.privacy.a.spent.epsilon = 1;
  await writeFile(path, JSON.stringify(record));
  const broken = await audit("--canaries", "150", "--seed", "3");
  expect([broken.exitCode, broken.stderr]).toEqual([1, ""]);
  expect(broken.stdout).toMatch(
    /^!!! clipped, a: epsilon is at least \d\.\d{3}, and 1 was promised\. The promise does not hold\.$/m,
  );
  expect(broken.stdout).toContain("Audit    FOLDER/out/audit.html");
  const page = await readFile(join(folder, "out/audit.html"), "utf8");
  expect(page).toContain("A promise does not hold");
  const result = auditResult.parse(
    JSON.parse(await readFile(join(folder, "out/audit.json"), "utf8")),
  );
  expect(result.seed).toBe(3);
  expect(await readdir(join(folder, "out"))).not.toContain("audit.tmp");
});

test("--json prints one object per line, the result last; --methods and --canaries 0 are heeded", async () => {
  const { stdout, exitCode } = await audit("--json", "--methods", "clipped", "--canaries", "0");
  expect(exitCode).toBe(0);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; result?: unknown });
  expect(events.map(({ kind }) => kind)).toContain("audit-plan");
  const last = events.at(-1)!;
  expect(last.kind).toBe("audit-result");
  const { methods } = auditResult.parse(last.result);
  expect(methods["clipped"]!.parties["a"]!.canaries).toBeUndefined();
});

test("errors say the way out", async () => {
  const missing = await atoll("audit", "nowhere");
  expect([missing.exitCode, missing.stderr]).toEqual([
    1,
    "[RUN_FOLDER_MISSING] FOLDER/nowhere holds no run.json; give the folder of an earlier run\n",
  ]);
  const unknown = await audit("--methods", "clippd");
  expect(unknown.stderr).toBe(
    '[AUDIT_METHOD] the run has no method "clippd"; did you mean "clipped"?; there are: clipped, best-possible\n',
  );
  const odd = await atoll("audit", "out", "--shadows", "3");
  expect(odd.stderr).toBe(
    "[AUDIT_SHADOWS] --shadows 3 leaves rows without two models on either side; give an even number of at least 4, or 0 for none\n",
  );
  const without = await atoll("audit");
  expect(without.exitCode).toBe(2);
});
