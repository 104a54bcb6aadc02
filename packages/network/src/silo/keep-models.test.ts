import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetRun } from "./forget.ts";
import { runPaths } from "./run-paths.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-keep-models-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const party = (method: string) => `checkpoints/seed-1/${method}/clients/a`;

async function put(run: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const path = join(runPaths(folder, run).path, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file);
  }
}

/** Files, without folders. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .toSorted();
}

test("a run that is forgotten leaves its finished models, and its books", async () => {
  await put("run 1", [
    "job.json",
    `${party("fedavg")}/model.safetensors`,
    `${party("fedavg")}/model%403.safetensors`,
    `${party("fedavg")}/evaluation.safetensors`,
    `${party("fedavg")}/closed.json`,
    `${party("fedavg")}/noise.secret`,
    `${party("ease")}/recommender.safetensors`,
    `${party("ease")}/evaluation.safetensors`,
    `${party("stopped")}/model.safetensors`,
    `${party("stopped")}/state.2.safetensors`,
  ]);
  const { path, models } = runPaths(folder, "run 1");
  // Orders come again.
  for (let i = 0; i < 2; i++) {
    await forgetRun(folder, "run 1");
    expect(await filesIn(path)).toEqual([`${party("fedavg")}/noise.secret`, "forgotten.json"]);
    expect(await filesIn(models)).toEqual([
      `${party("ease")}/recommender.safetensors`,
      `${party("fedavg")}/model%403.safetensors`,
      `${party("fedavg")}/model.safetensors`,
      "job.json",
    ]);
  }
  expect(await readFile(join(models, party("ease"), "recommender.safetensors"), "utf8")).toContain(
    "ease",
  );
});

test("what stopped before its end leaves no folder of models", async () => {
  await put("run-2", ["job.json", `${party("fedavg")}/model.safetensors`]);
  await forgetRun(folder, "run-2");
  expect(await filesIn(folder)).toEqual(["runs/run-2/forgotten.json"]);
});

test("forgetting that was interrupted between two models goes on", async () => {
  const files = ["fedavg", "fedbn"].flatMap((method) => [
    `${party(method)}/model.safetensors`,
    `${party(method)}/evaluation.safetensors`,
  ]);
  await put("run-3", ["job.json", "forgotten.json", ...files]);
  const { path, models } = runPaths(folder, "run-3");
  const moved = `${party("fedavg")}/model.safetensors`;
  await mkdir(join(models, party("fedavg")), { recursive: true });
  await writeFile(join(models, moved), "moved");
  await rm(join(path, moved));
  await forgetRun(folder, "run-3");
  expect(await filesIn(models)).toEqual([moved, `${party("fedbn")}/model.safetensors`, "job.json"]);
  expect(await readFile(join(models, moved), "utf8")).toBe("moved");
});
