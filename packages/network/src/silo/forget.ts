import { existsSync } from "node:fs";
import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "@atoll/node/runs";
import { keepModels } from "./keep-models.ts";
import { runPaths } from "./run-paths.ts";

/** What was released stays on the books, and with it what its noise was made of. */
const KEPT = /^(ledger\.sqlite.*|noise\.secret|forgotten\.json)$/;

/**
 * Deletes what a silo's folder holds of a run, but for its ledger and its secrets; models move elsewhere. A mark comes first: whatever
 * interrupts it, nobody takes what is left for a run that goes on.
 */
export async function forgetRun(folder: string, run: string): Promise<void> {
  const { path, forgotten } = runPaths(folder, run);
  if (!existsSync(path)) return;
  await writeAtomically(forgotten, "{}\n");
  await keepModels(folder, run);
  await clear(path);
}

async function clear(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const own = join(path, entry.name);
    if (!entry.isDirectory()) {
      if (!KEPT.test(entry.name)) await rm(own, { force: true });
      continue;
    }
    await clear(own);
    if ((await readdir(own)).length === 0) await rmdir(own);
  }
}
