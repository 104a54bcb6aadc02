import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resultSchema } from "@atoll/node/results";
import { ran } from "../cli.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-init-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Rows of a market; `paid` is filled in after a click. */
function rows(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const click = (i * 7) % 5 === 0 ? 1 : 0;
    return `u${i % 13},i${i % 11},${i},${click},${click === 1 ? 10 + (i % 3) : ""}`;
  });
  return ["user,item,time,click,paid", ...lines].join("\n");
}

test("a column that tells the label is warned of by init, before a run's first training, and in its result", async () => {
  const worry =
    "paid (AUC 1.00) tells the label by itself: leave out of the features what is not known before a row's outcome.";
  await writeFile(join(folder, "north.csv"), rows(300));
  await writeFile(join(folder, "south.csv"), rows(200));
  const init = await ran(folder, ["init", "north.csv", "south.csv", "--out", "mine.yaml"]);
  expect(init).toEqual({
    stdout: `Worrying (north.csv): ${worry}\nWrote mine.yaml. Check the roles it guessed, then: atoll run mine.yaml\n`,
    stderr: "",
    exitCode: 0,
  });
  const words = ["run", "mine.yaml", "--out", "run", "--seed", "1", "--threads", "1"];
  const run = await ran(folder, [...words, "--set", "methods=[popularity]"]);
  expect(run.exitCode).toBe(0);
  const said = run.stdout.indexOf(`Worrying (all clients): ${worry}\n`);
  expect(said).toBeGreaterThan(-1);
  expect(said).toBeLessThan(run.stdout.indexOf("2 clients, "));
  expect(run.stdout).toContain("features that tell the label by themselves (all clients)");
  const result = resultSchema.parse(
    JSON.parse(await readFile(join(folder, "run/result.json"), "utf8")),
  );
  for (const client of ["north", "south"])
    expect(result.clients[client]!.leakage!.telling).toEqual([
      { feature: "paid", auc: 1, reads: "label" },
    ]);
});
