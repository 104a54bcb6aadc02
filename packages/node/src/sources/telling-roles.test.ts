import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guessRoles } from "./guess-roles.ts";
import { inspectSource } from "./inspect.ts";
import { tellingRoles } from "./telling-roles.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-telling-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function telling(name: string, header: string, row: (i: number) => string) {
  const path = join(folder, name);
  await writeFile(path, [header, ...Array.from({ length: 200 }, (_, i) => row(i))].join("\n"));
  return tellingRoles(path, guessRoles(await inspectSource({ path, header: true })));
}

test("of a file's guessed features those that tell its guessed label are found, wrong rows and all", async () => {
  // `state` is right for 47 of 50 clicks and for all other rows: (1 + .94 - 0) / 2.
  const found = await telling("clicks.csv", "user,item,click,paid,state,colour,price", (i) => {
    const click = i % 4 === 0 ? 1 : 0;
    const state = click === 1 && i % 80 !== 0 ? "sold" : "open";
    return [`u${i % 9}`, `i${i % 7}`, click, click === 1 ? i : "", state, "red", i % 5].join(",");
  });
  expect(found).toEqual([
    { feature: "paid", auc: 1, reads: "label" },
    { feature: "state", auc: expect.closeTo(0.97, 1), reads: "label" },
  ]);
});

test("ratings count from their threshold on; without a label there is nothing to tell", async () => {
  const row = (i: number) => `u${i % 9},i${i % 7},${1 + (i % 5)},${10 * (1 + (i % 5))}`;
  expect(await telling("ratings.csv", "user,item,rating,stars", row)).toEqual([
    { feature: "stars", auc: 1, reads: "label" },
  ]);
  expect(await telling("plays.csv", "user,item,length,weight", row)).toEqual([]);
});
