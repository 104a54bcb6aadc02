import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { methodOf } from "@atoll/core/methods";
import { parseExperiment } from "@atoll/node/experiment";
import { planOf, readIfThere, runFolder } from "@atoll/node/runs";
import type { ServedSource } from "@atoll/node/serving";
import { seatsOf } from "../silo/held.ts";
import { parseJob } from "../silo/job-schema.ts";

/**
 * The models that a silo kept of a run: `directory` is `silo/models/RUN` in the client's folder. Undefined where it
 * is no such one.
 */
export async function servedInSilo(directory: string): Promise<ServedSource | undefined> {
  const bytes = await readIfThere(readFile(join(directory, "job.json")));
  if (bytes === undefined) return undefined;
  const job = parseJob(bytes, decodeURIComponent(basename(directory)));
  const experiment = parseExperiment(JSON.stringify(job.experiment), "job");
  const seats = seatsOf(job, experiment, planOf(experiment).methods);
  const folder = runFolder(directory);
  const own = [...seats.values()].filter(
    ({ planned }) => methodOf(planned.entry.kind).parties === "clients",
  );
  return {
    folder,
    experiment,
    clients: [...new Set(own.flatMap(({ party }) => party.clients))],
    // No more than what was finished was kept.
    isDone: async (cell) => {
      const seat = seats.get(cell.method);
      return seat !== undefined && existsSync(folder.party(cell, seat.party.name));
    },
  };
}
