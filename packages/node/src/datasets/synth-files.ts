import { join } from "node:path";
import { worldClients, type WorldConfig } from "@atoll/core/data";
import { stringify } from "yaml";
import { writeAtomically } from "../runs/index.ts";
import { experimentOfWorld } from "./experiment-of-world.ts";
import { writeTable } from "./write-table.ts";

/** One client of a written world. */
export interface SynthFile {
  readonly client: string;
  readonly path: string;
  readonly rows: number;
}

/**
 * Writes a made-up world to files, one for each client, with the true probabilities of every row in columns
 * of their own (where rows are choices, there are none), and an experiment that reads them (and not those
 * columns).
 */
export async function synthFiles(
  world: WorldConfig,
  directory: string,
  signal: AbortSignal,
): Promise<readonly SynthFile[]> {
  const files: SynthFile[] = [];
  for (const { client, table } of worldClients(world)) {
    signal.throwIfAborted();
    const path = `${client}.csv.gz`;
    const rows = Array.from({ length: table.numRows }, (_, row) => row);
    await writeTable(join(directory, path), table, rows, signal);
    files.push({ client, path, rows: table.numRows });
  }
  const experiment = experimentOfWorld(world, files);
  await writeAtomically(join(directory, "experiment.yaml"), stringify(experiment));
  return files;
}
