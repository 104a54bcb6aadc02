import { appendFile, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import type { StageTraffic } from "@atoll/core/federation";
import type { Observed, Retired } from "@atoll/core/methods";
import { loadUnchanged, type ExtensionCode, type ExtensionRecord } from "../extensions/index.ts";
import type { PartyAccount } from "../ledger/index.ts";
import { metricsLineSchema, type MetricsLine } from "../results/index.ts";
import type { CellName } from "./events.ts";
import { fileNameOf, readIfThere, writeAtomically } from "./files.ts";
import type { GlobalModel } from "./global-model.ts";
import { makeFolder } from "./own-folder.ts";

/** What `run.json` remembers for `--resume`: the experiment as it was resolved, and where it lay. */
export interface RunRecord {
  readonly schema: "atoll/run/v1";
  readonly experiment: Record<string, unknown>;
  readonly experimentDirectory: string;
  /** The code of the modules that the experiment names; absent where it names none. */
  readonly extensions?: readonly ExtensionRecord[];
}

/** What a finished cell leaves beside its parties' folders. */
export interface CellRecord {
  readonly bytes: { readonly up: number; readonly down: number };
  readonly rounds: number;
  readonly seconds: number;
  /** Absent in cells of earlier versions. */
  readonly stages?: readonly StageTraffic[];
  /** What the coordinator of the training stage saw, round by round; absent where none looked. */
  readonly observations?: readonly Observed[];
  /** What clients, or `server`, released under a promise, by party; absent where nobody did. */
  readonly privacy?: Readonly<Record<string, PartyAccount>>;
  /** Of `global-model.safetensors` in the cell's folder; absent where the server holds no model. */
  readonly model?: GlobalModel;
  /** Who stopped early because a budget was spent; absent where nobody did. */
  readonly retired?: Retired;
}

/** One execution on disk. Every file but `metrics.jsonl` is written atomically. */
export interface RunFolder {
  readonly path: string;
  readonly cell: (cell: CellName) => string;
  readonly party: (cell: CellName, party: string) => string;
  readonly writeJson: (name: string, value: unknown) => Promise<void>;
  readonly readJson: <T>(name: string) => Promise<T | undefined>;
  readonly readCell: (cell: CellName) => Promise<CellRecord | undefined>;
  readonly writeCell: (cell: CellName, record: CellRecord) => Promise<void>;
  readonly readServer: (cell: CellName) => Promise<Uint8Array | undefined>;
  /** Where a party's state of a checkpoint lies. */
  readonly partyState: (cell: CellName, party: string, checkpoint: number) => string;
  /** Makes a checkpoint valid, once every party's state is on disk; earlier ones are dropped. */
  readonly commitCheckpoint: (
    cell: CellName,
    checkpoint: number,
    server: Uint8Array,
  ) => Promise<void>;
  readonly appendLines: (lines: readonly MetricsLine[]) => Promise<void>;
  readonly readLines: () => Promise<MetricsLine[]>;
  /** Drops the lines that a resumed cell will write again. */
  readonly keepLines: (keep: (line: MetricsLine) => boolean) => Promise<void>;
}

const STATE = /^state\.(\d+)\.safetensors$/;

/** Makes the folder of a new run; a folder that already holds one is refused, never overwritten. */
export async function newRunFolder(path: string): Promise<RunFolder> {
  await makeFolder(path, `or continue the run in it with --resume ${path}`);
  return runFolder(path);
}

/** The folder of an earlier run. */
export interface OldRun {
  readonly folder: RunFolder;
  readonly record: RunRecord;
  /** Loaded, and the same as when the run began. */
  readonly extensions: readonly ExtensionCode[];
}

/** Opens the folder of an earlier run. EXTENSION_CHANGED where its code has changed since. */
export async function oldRunFolder(path: string): Promise<OldRun> {
  const folder = runFolder(path);
  const record = await folder.readJson<RunRecord>("run.json");
  if (record === undefined)
    throw new AtollError(
      "RUN_FOLDER_MISSING",
      `${path} holds no run.json; give the folder of an earlier run`,
    );
  const extensions = await loadUnchanged(
    record.extensions,
    record.experimentDirectory,
    `the run in ${path} began`,
  );
  return { folder, record, extensions };
}

/** The folder of this path, whether there is one yet or not. */
export function runFolder(path: string): RunFolder {
  const cell = ({ seed, method }: CellName) =>
    join(path, "checkpoints", `seed-${seed}`, fileNameOf(method));
  const party = (name: CellName, of: string) => join(cell(name), "clients", fileNameOf(of));
  const linesPath = join(path, "metrics.jsonl");

  const readLines = async () => {
    const text = (await readIfThere(readFile(linesPath, "utf8"))) ?? "";
    // A crash may have cut the last line short: its round is repeated, so it is dropped.
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => metricsLineSchema.parse(JSON.parse(line)));
  };
  const asText = (lines: readonly MetricsLine[]) =>
    lines.map((line) => `${JSON.stringify(line)}\n`).join("");

  return {
    path,
    cell,
    party,
    writeJson: (name, value) =>
      writeAtomically(join(path, name), `${JSON.stringify(value, null, 2)}\n`),
    readJson: async <T>(name: string) => {
      const text = await readIfThere(readFile(join(path, name), "utf8"));
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    readCell: async (name) => {
      const text = await readIfThere(readFile(join(cell(name), "done.json"), "utf8"));
      return text === undefined ? undefined : (JSON.parse(text) as CellRecord);
    },
    writeCell: async (name, record) => {
      await writeAtomically(join(cell(name), "done.json"), JSON.stringify(record));
      await rm(join(cell(name), "server.safetensors"), { force: true });
      await dropStates(join(cell(name), "clients"), () => false);
    },
    readServer: (name) => readIfThere(readFile(join(cell(name), "server.safetensors"))),
    // The server's file is the commit point: it names the round, and the parties' files of that round
    // are complete before it and kept until after it.
    commitCheckpoint: async (name, checkpoint, server) => {
      await writeAtomically(join(cell(name), "server.safetensors"), [server]);
      await dropStates(join(cell(name), "clients"), (round) => round === checkpoint);
    },
    partyState: (name, of, checkpoint) => join(party(name, of), `state.${checkpoint}.safetensors`),
    appendLines: (lines) => appendFile(linesPath, asText(lines)),
    readLines,
    keepLines: async (keep) => writeAtomically(linesPath, asText((await readLines()).filter(keep))),
  };
}

async function dropStates(clients: string, keep: (round: number) => boolean): Promise<void> {
  for (const client of (await readIfThere(readdir(clients))) ?? [])
    for (const file of await readdir(join(clients, client))) {
      const match = STATE.exec(file);
      if (match && !keep(Number(match[1]))) await rm(join(clients, client, file), { force: true });
    }
}
