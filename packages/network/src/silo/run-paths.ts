import { join } from "node:path";
import { fileNameOf } from "@atoll/node/runs";

/** What of a run lies where in a silo's folder. */
export function runPaths(folder: string, run: string) {
  const path = join(folder, "runs", fileNameOf(run));
  return {
    path,
    job: join(path, "job.json"),
    forgotten: join(path, "forgotten.json"),
    /** What is left of it to be served. */
    models: join(folder, "models", fileNameOf(run)),
  };
}
