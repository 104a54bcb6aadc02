import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EVALUATION_FILE, RECOMMENDER_FILE, TRAINED_FILE } from "@atoll/core/methods";
import { readIfThere, writeAtomically } from "@atoll/node/runs";
import { runPaths } from "./run-paths.ts";

const ENDING = ".safetensors";

/**
 * Puts the models of finished trainings aside before a run is forgotten, with the job that says what they are: the
 * silo trained them for itself, and nobody else has them. Whatever interrupts it, it can be done again.
 */
export async function keepModels(folder: string, run: string): Promise<void> {
  const paths = runPaths(folder, run);
  const job = await readIfThere(readFile(paths.job));
  const files = await readIfThere(readdir(paths.path, { recursive: true }));
  if (job === undefined || files === undefined) return;
  // Measured last: what is not measured may have stopped anywhere.
  const finished = new Set(
    files.filter((file) => file.endsWith(`/${EVALUATION_FILE}${ENDING}`)).map(dirname),
  );
  const models = files.filter((file) => finished.has(dirname(file)) && isModel(file));
  if (models.length > 0) await writeAtomically(join(paths.models, "job.json"), [job]);
  for (const model of models) {
    const kept = join(paths.models, model);
    await mkdir(dirname(kept), { recursive: true });
    await rename(join(paths.path, model), kept);
  }
}

/** Of a part, or of a round that was somebody's best, the name has more to it. */
function isModel(file: string): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return [TRAINED_FILE, RECOMMENDER_FILE].some(
    (own) =>
      name === `${own}${ENDING}` || name.startsWith(`${own}-`) || name.startsWith(`${own}%40`),
  );
}
