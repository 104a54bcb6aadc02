import { join } from "node:path";
import {
  columnsOfWorld,
  commonOfWorld,
  oracleColumn,
  syntheticWorld,
  type SyntheticConfig,
} from "@atoll/core/data";
import { stringify } from "yaml";
import { writeAtomically } from "../runs/index.ts";
import { writeTable } from "./write-table.ts";

/** One market of a written world. */
export interface SynthFile {
  readonly client: string;
  readonly path: string;
  readonly rows: number;
}

/**
 * Writes a synthetic world to files, one for each market, with the true click probability of every row
 * in the column `trueProbability` (where rows are choices, there is none), and an experiment that reads
 * them (and not that column).
 */
export async function synthFiles(
  world: SyntheticConfig,
  directory: string,
  signal: AbortSignal,
): Promise<readonly SynthFile[]> {
  const files: SynthFile[] = [];
  for (const { client, table } of syntheticWorld(world)) {
    signal.throwIfAborted();
    const path = `${client}.csv.gz`;
    const rows = Array.from({ length: table.numRows }, (_, row) => row);
    await writeTable(join(directory, path), table, rows, signal);
    files.push({ client, path, rows: table.numRows });
  }
  const implicit = world.feedback === "implicit";
  const common = commonOfWorld(world);
  const experiment = {
    name: "synthetic-files",
    description: `A synthetic world, written to files; ${implicit ? "every row is an item that its user chose" : `${oracleColumn} is the true probability of a click`}.`,
    data: {
      kind: "files",
      feedback: implicit ? "implicit" : "explicit",
      columns: columnsOfWorld(world),
      common: [...common],
      clients: Object.fromEntries(files.map(({ client, path }) => [client, { path }])),
    },
    split: { kind: "random", valid: 0.15, test: 0.35 },
    model: { kind: "deepfm", width: 8, hidden: [32, 16], batchNorm: true, embeddingStd: 0.1 },
    methods: ["popularity", "local", "centralised", "fedavg", "fedprox", "fedbn", "fedadam"],
    federation: { rounds: 20, shared: common.filter((name) => name !== "item") },
    training: {
      batchSize: 256,
      optimiser: { kind: "adam", learningRate: 0.01, weightDecay: 0.0001 },
    },
    seeds: [1, 2, 3],
  };
  await writeAtomically(join(directory, "experiment.yaml"), stringify(experiment));
  return files;
}
