import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { AtollError } from "@atoll/core/errors";
import type { PrivacyPlace } from "@atoll/node/ledger";
import { parseExperiment, type Experiment } from "@atoll/node/experiment";
import { planOf, privacyPlaceOf, readIfThere, runFolder, type RunFolder } from "@atoll/node/runs";
import type { CellKey, Job } from "../protocol/index.ts";
import { seatsOf, type Seat } from "./held.ts";
import { invalid, parseJob } from "./job-schema.ts";
import { partyFiles, type PartyFiles } from "./journal.ts";
import { localised } from "./localised.ts";
import { sha256Of } from "./receive.ts";
import { runPaths } from "./run-paths.ts";
import type { SiloParts } from "./types.ts";

/** A cell of a run as this silo takes part in it. */
export interface OwnCell {
  readonly seat: Seat;
  readonly files: PartyFiles;
  readonly place: PrivacyPlace;
}

/** A job that lies in the silo's folder, understood, but judged by nobody yet. */
export interface SiloRun {
  readonly job: Job;
  /** Hash of the job's bytes. */
  readonly sha256: string;
  /** As the server gave it. */
  readonly asked: Experiment;
  /** With the silo's own places. */
  readonly experiment: Experiment;
  readonly seats: ReadonlyMap<string, Seat>;
  readonly folder: RunFolder;
  /** JOB_INVALID where the run has no such cell. */
  readonly cell: (cell: CellKey) => OwnCell;
  /** Every cell that the run has. */
  readonly cells: readonly CellKey[];
}

/** The run whose job lies in the silo's folder. JOB_UNKNOWN, and JOB_INVALID or EXPERIMENT_INVALID. */
export async function openRun(
  { folder, dataDirectory }: Pick<SiloParts, "folder" | "dataDirectory">,
  id: string,
): Promise<SiloRun> {
  const paths = runPaths(folder, id);
  const bytes = existsSync(paths.forgotten) ? undefined : await readIfThere(readFile(paths.job));
  if (bytes === undefined)
    throw new AtollError(
      "JOB_UNKNOWN",
      `this silo has no job of run "${id}"; send the job first, and nothing after the run was forgotten`,
    );
  const job = parseJob(bytes, id);
  const asked = parseExperiment(JSON.stringify(job.experiment), "job");
  const experiment = localised(asked, { folder, dataDirectory });
  const { methods } = planOf(experiment);
  const seats = seatsOf(job, experiment, methods);
  const own = runFolder(paths.path);
  return {
    job,
    sha256: sha256Of(bytes),
    asked,
    experiment,
    seats,
    folder: own,
    cell: (key) => {
      const seat = seatOf(seats, key, experiment);
      const cell = { seed: key.seed, method: key.method };
      const files = partyFiles(own.party(cell, seat.party.name));
      const record = { experiment, experimentDirectory: folder };
      const { planned } = seat;
      const context = { cell, planned, folder: own, record };
      const place = privacyPlaceOf({ party: seat.party.name, role: "client" }, context);
      return { seat, files, place };
    },
    cells: experiment.seeds.flatMap((seed) =>
      job.methods.map((method) => ({ run: id, seed, method })),
    ),
  };
}

function seatOf(
  seats: ReadonlyMap<string, Seat>,
  { run, seed, method }: CellKey,
  { seeds }: Experiment,
): Seat {
  const seat = seats.get(method);
  if (seat === undefined || !seeds.includes(seed))
    throw invalid(run, `has no method "${method}" with seed ${seed}`);
  return seat;
}
