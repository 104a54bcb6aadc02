import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseExperiment } from "../experiment/index.ts";
import { runExperiment } from "../runs/index.ts";
import { sharedPool } from "./shared-pool.ts";
import { EXPERIMENT } from "./tune.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-shared-pool-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a run on threads that served another run gives the numbers of a run on its own threads", async () => {
  const pool = sharedPool();
  const result = async (name: string, rows: number, isShared: boolean) => {
    const text = EXPERIMENT.replace("rows: 500", `rows: ${rows}`).replace(
      /methods:.*/,
      "methods: [local]",
    );
    const directory = join(folder, name);
    await runExperiment(parseExperiment(text, "tiny.yaml"), {
      threads: 1,
      signal: new AbortController().signal,
      now: () => new Date(0),
      onEvent: () => {},
      experimentDirectory: folder,
      directory,
      ...(isShared && { openPool: pool.open }),
    });
    return readFile(join(directory, "result.json"), "utf8");
  };
  await result("first", 400, true);
  const second = await result("second", 500, true);
  await pool.close();
  expect(second).toBe(await result("own", 500, false));
});
