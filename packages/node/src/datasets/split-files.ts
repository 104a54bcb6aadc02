import { join } from "node:path";
import { splitClient, type RawTable } from "@atoll/core/data";
import type { Experiment } from "../experiment/index.ts";
import { readTables, rulesOf, writeAtomically, type RunEvent } from "../runs/index.ts";
import { writeTable } from "./write-table.ts";

export interface SplitFilesOptions {
  readonly experimentDirectory: string;
  readonly directory: string;
  readonly seed: number;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** The files of one client. */
export interface ClientFiles {
  readonly client: string;
  readonly files: Readonly<Record<Part, { readonly path: string; readonly rows: number }>>;
  /** Rules that were applied, in plain words. */
  readonly notes: readonly string[];
}

const PARTS = ["train", "valid", "test"] as const;

export type Part = (typeof PARTS)[number];

const ROW = "#row";

/**
 * Writes every client's rows as training, validation and test files, split as a run with this seed splits
 * them: the columns that the experiment reads, rows in the order in which training meets them, times as
 * seconds since 1970. A manifest says how.
 */
export async function splitFiles(
  experiment: Experiment,
  options: SplitFilesOptions,
): Promise<readonly ClientFiles[]> {
  const { directory, seed, signal, experimentDirectory, onEvent } = options;
  const tables = await readTables(experiment, experimentDirectory, onEvent, signal);
  const written: ClientFiles[] = [];
  for (const { client, rows: read, columns } of tables) {
    signal.throwIfAborted();
    const table = "load" in read ? read.load() : read;
    // A column with the row's number survives whatever the split does with rows.
    const numbered: RawTable = {
      numRows: table.numRows,
      columns: {
        ...table.columns,
        [ROW]: {
          kind: "number",
          values: Float64Array.from({ length: table.numRows }, (_, i) => i),
        },
      },
    };
    const numeric = [
      ...columns.numeric,
      { column: ROW, of: "context" as const, scale: "none" as const },
    ];
    const rules = rulesOf(experiment, client, { ...columns, numeric });
    const split = splitClient(numbered, rules, seed);
    const row = split.numeric.find(({ name }) => name === ROW)!.column as { values: Float64Array };
    const files: Record<string, { path: string; rows: number }> = {};
    for (const part of PARTS) {
      const path = `${client}/${part}.csv.gz`;
      const rows = Array.from(split[part], (at) => row.values[at]!);
      await writeTable(join(directory, path), table, rows, signal);
      files[part] = { path, rows: rows.length };
    }
    written.push({ client, files: files as ClientFiles["files"], notes: split.notes });
  }
  const manifest = {
    split: experiment.split,
    seed,
    columns: experiment.data.kind === "files" ? experiment.data.columns : undefined,
    clients: written,
  };
  await writeAtomically(join(directory, "split.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return written;
}
