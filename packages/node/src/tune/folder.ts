import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { loadUnchanged } from "../extensions/index.ts";
import { makeFolder, readIfThere, writeAtomically } from "../runs/index.ts";
import type { TuneSource } from "./read.ts";
import { trialSchema, type Trial } from "./result.ts";

/** What `tune-source.json` remembers for `--resume`: the two files as they were. */
interface TuneRecord extends TuneSource {
  readonly schema: "atoll/tune-source/v1";
}

/** Which trial: a setting at a rung. */
export type TrialName = Pick<Trial, "setting" | "rung">;

/** A tune on disk. Every file is written atomically; a trial counts once its own file is there. */
export interface TuneFolder {
  readonly path: string;
  readonly write: (name: string, text: string) => Promise<void>;
  readonly writeSource: (source: TuneSource) => Promise<void>;
  readonly readTrials: () => Promise<Trial[]>;
  readonly writeTrial: (trial: Trial) => Promise<void>;
  /** Where the run of a trial lies until the trial is finished. */
  readonly runOf: (trial: TrialName) => string;
  /** Whether a run was begun in a folder, so that it can be continued. */
  readonly hasRun: (directory: string) => Promise<boolean>;
  readonly drop: (directory: string) => Promise<void>;
}

/** Makes the folder of a new tune; one that already holds files is refused. */
export async function newTuneFolder(path: string): Promise<TuneFolder> {
  await makeFolder(path, `or continue the tune in it with --resume ${path}`);
  return tuneFolder(path);
}

/** Opens the folder of an earlier tune. EXTENSION_CHANGED where its code has changed since. */
export async function oldTuneFolder(
  path: string,
): Promise<{ readonly folder: TuneFolder; readonly source: TuneSource }> {
  const text = await readIfThere(readFile(join(path, SOURCE), "utf8"));
  if (text === undefined)
    throw new AtollError(
      "RUN_FOLDER_MISSING",
      `${path} holds no ${SOURCE}; --resume takes the folder of an earlier tune`,
    );
  const source = JSON.parse(text) as TuneRecord;
  await loadUnchanged(source.extensions, source.experimentDirectory, `the tune in ${path} began`);
  return { folder: tuneFolder(path), source };
}

const SOURCE = "tune-source.json";

function tuneFolder(path: string): TuneFolder {
  const trials = join(path, "trials");
  const nameOf = ({ setting, rung }: TrialName) =>
    `${String(setting).padStart(4, "0")}-rung-${rung}`;
  return {
    path,
    write: (name, text) => writeAtomically(join(path, name), text),
    writeSource: (source) => {
      const record: TuneRecord = { schema: "atoll/tune-source/v1", ...source };
      return writeAtomically(join(path, SOURCE), `${JSON.stringify(record, null, 2)}\n`);
    },
    readTrials: async () => {
      const names = (await readIfThere(readdir(trials))) ?? [];
      const files = names.filter((name) => name.endsWith(".json")).sort();
      return Promise.all(
        files.map(async (name) =>
          trialSchema.parse(JSON.parse(await readFile(join(trials, name), "utf8"))),
        ),
      );
    },
    writeTrial: (trial) =>
      writeAtomically(join(trials, `${nameOf(trial)}.json`), `${JSON.stringify(trial, null, 2)}\n`),
    runOf: (trial) => join(path, "running", nameOf(trial)),
    hasRun: async (directory) =>
      (await readIfThere(stat(join(directory, "run.json")))) !== undefined,
    drop: (directory) => rm(directory, { recursive: true, force: true }),
  };
}
