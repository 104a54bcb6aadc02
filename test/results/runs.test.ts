import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { executeRuns, type ExecuteOptions } from "../../scripts/results/execute-runs.ts";
import { gather } from "../../scripts/results/gather.ts";
import { finishedOf, missingOf, type Page } from "../../scripts/results/page.ts";
import { planRun, type Run } from "../../scripts/results/plan-run.ts";

const WORLD = `
name: tiny
data:
  kind: scenarios
  scenarios: { a: { rows: 120 }, b: { rows: 120 } }
  features: 4
  units: 4
  spread: 15
split: { kind: random, valid: 0.2, test: 0.4 }
model: { kind: lr }
methods: [local]
federation: { rounds: 1 }
evaluation: { metrics: ["auc:click"], bootstrap: 100 }
`;

const examples = mkdtempSync(join(tmpdir(), "atoll-examples-"));
const folder = mkdtempSync(join(tmpdir(), "atoll-runs-"));
afterAll(() => {
  rmSync(examples, { recursive: true });
  rmSync(folder, { recursive: true });
});
writeFileSync(join(examples, "tiny.yaml"), WORLD);

/** Measures the names of its folder's experiment and says so. */
const run = (name: string, bias = -1.2): Run => ({
  name,
  example: "tiny",
  settings: () => ({ "data.bias": bias }),
  measure: async ({ experiment, runDirectory }) => ({
    name: experiment.name,
    isThere: readFileSync(join(runDirectory, "result.json"), "utf8").length > 0,
  }),
});

async function execute(
  runs: readonly Run[],
  {
    wanted = () => true,
    records,
    signal = new AbortController().signal,
  }: Partial<Pick<ExecuteOptions, "wanted" | "records" | "signal">> = {},
) {
  const said: string[] = [];
  const finished = await executeRuns(runs, {
    page: "page",
    folder,
    examples,
    wanted,
    records,
    say: (line) => said.push(line),
    threads: 1,
    signal,
  });
  return { finished, said };
}

test("are named after their page, changed as they say, and read as a file is", async () => {
  const at = { examples, page: "page" };
  const { experiment } = await planRun(run("one", -2), at);
  expect(experiment).toMatchObject({ name: "page-one", data: { bias: -2 } });
  await expect(
    planRun({ ...run("one"), settings: () => ({ "data.unknown": 1 }) }, at),
  ).rejects.toThrow("one: data.unknown");
});

test("are done once, go on where they stopped, and never take another experiment's result", async () => {
  const two = [run("one"), run("two")];
  const stopped = new AbortController();
  stopped.abort();
  await expect(execute(two, { signal: stopped.signal })).rejects.toThrow("aborted");

  const first = await execute(two, { wanted: ({ name }) => name === "one" });
  expect([...first.finished.keys()]).toEqual(["one"]);
  expect(first.said[0]).toBe("page/one (1 of 2): goes on");
  const { result, measured, finished } = first.finished.get("one")!;
  expect(measured).toEqual({ name: "page-one", isThere: true });
  expect(finished).toMatch(/^\d{4}-\d{2}-\d{2}$/);

  rmSync(join(folder, "page-one", "result.json"));
  const second = await execute(two);
  expect(second.said[0]).toBe("page/one (1 of 2): goes on");
  expect(second.said.filter((line) => line.includes("trainings left"))).toHaveLength(2);
  const again = second.finished.get("one")!.result;
  expect(again.methods["local"]!.macro).toEqual(result.methods["local"]!.macro);

  const written = () => readFileSync(join(folder, "page-one", "result.json"), "utf8");
  const before = written();
  const third = await execute([run("one", 0), run("two")]);
  expect(third.said[0]).toContain("holds another experiment than the files say now");
  expect(third.said[1]).toBe("page/two (2 of 2): done before");
  expect([...third.finished.keys()]).toEqual(["two"]);
  expect(written()).toBe(before);
});

test("leave records, which stand in for folders of the same experiment that are gone", async () => {
  const two = [run("one"), run("two")];
  const records = { folder: join(folder, "records"), trust: true };
  const recorded = await execute(two, { records: { ...records, trust: false } });
  for (const { name } of two) rmSync(join(folder, `page-${name}`), { recursive: true });

  const trusted = await execute(two, { records });
  expect(trusted.said).toEqual([
    "page/one (1 of 2): from its record",
    "page/two (2 of 2): from its record",
  ]);
  expect(trusted.finished).toEqual(recorded.finished);
  // What is told from records alone is never trained.
  const other = await execute([run("one", 0)], { records });
  expect(other.said).toEqual([
    "page/one (1 of 1): no record of it as the files have it now; not trained",
  ]);
  expect(other.finished.size).toBe(0);

  // Without trust, what is wanted is trained; the rest of the page comes from records.
  const anew = await execute(two, {
    records: { ...records, trust: false },
    wanted: ({ name }) => name === "two",
  });
  expect(anew.said[0]).toBe("page/two (2 of 2): begins");
  expect([...anew.finished.keys()]).toEqual(["one", "two"]);
  expect((await execute(two, { wanted: () => false })).finished.size).toBe(1);
});

test("make a page where all that it needs is there", async () => {
  const page: Page = {
    name: "page",
    runs: [run("one"), run("two")],
    needed: ["two"],
    files: ({ resultOf, date }) => ({ "page.md": `${resultOf("two").metric} ${date}` }),
  };
  const record = (await execute([run("two")])).finished.get("two")!;
  const of = (day: string) => ({ ...record, finished: day, machine: `of ${day}` });
  const finished = finishedOf(
    "page",
    new Map([
      ["one", of("2026-01-02")],
      ["two", of("2026-01-01")],
    ]),
  );
  expect(page.files(finished)).toEqual({ "page.md": "auc:click 2026-01-02" });
  expect(finished.machine).toBe("of 2026-01-01; of 2026-01-02");
  expect(missingOf(page, new Set(["one"]))).toEqual(["two"]);
  expect(missingOf({ ...page, needed: undefined! }, new Set())).toEqual(["one", "two"]);
  expect(() => finishedOf("page", new Map()).resultOf("two")).toThrow(
    "the page page needs the run two",
  );
});

test("a page that reads runs of another one has those that are finished, and never begins one", async () => {
  const other: Page = {
    name: "page",
    runs: [run("lent"), run("begun-by-nobody")],
    files: () => ({}),
  };
  const reader: Page = {
    name: "reader",
    runs: [],
    borrows: other.runs.map(({ name }) => ({ page: other, run: name })),
    files: () => ({}),
  };
  await execute(other.runs, { wanted: ({ name }) => name === "lent" });
  const said: string[] = [];
  const { names, resultOf } = await gather(reader, ({ name: page }) => ({
    page,
    folder,
    examples,
    wanted: () => true,
    say: (line) => said.push(line),
    threads: 1,
    signal: new AbortController().signal,
  }));
  expect([...names]).toEqual(["page/lent"]);
  expect(resultOf("page/lent").experiment["name"]).toBe("page-lent");
  expect(missingOf(reader, names)).toEqual(["page/begun-by-nobody"]);
  expect(said).toEqual([]);
});
