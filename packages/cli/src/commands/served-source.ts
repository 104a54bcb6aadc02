import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ServedSource } from "@atoll/node/serving";

/** Whether a folder is that of the models that a silo kept of a run, not the run of one process. */
export function isSiloRun(directory: string): boolean {
  return existsSync(join(directory, "job.json"));
}

/** What a silo has to serve; nothing for the folder of a run, which is opened as such. */
export async function servedSource(directory: string): Promise<{ readonly source?: ServedSource }> {
  if (!isSiloRun(directory)) return {};
  const { servedInSilo } = await import("@atoll/network/hosting");
  const source = await servedInSilo(directory);
  return source === undefined ? {} : { source };
}
