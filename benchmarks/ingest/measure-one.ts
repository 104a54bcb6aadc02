import { readFileSync } from "node:fs";
import { cachedTable } from "@atoll/node/tables";
import {
  columnsConfig,
  createBatch,
  encode,
  evaluationBatches,
  splitClient,
  type RawTable,
  type SplitRules,
} from "@atoll/core/data";
import { createArena } from "@atoll/core/kernels";
import { readTable, sourceConfig, streamTable } from "@atoll/node/sources";
import { categorical, numeric } from "./data.ts";

/*
 * node measure-one.ts WAY PATH CACHE COLUMNS: reads the file once and prints the rows, the seconds, and
 * the most memory that the process ever had, as the kernel counts it.
 */
const [way = "", path = "", directory = "", columns = ""] = process.argv.slice(2);
const source = sourceConfig.parse({ path });
const options = {
  client: "bench",
  columns: [
    ...categorical.map((name) => ({ name, as: "text" as const })),
    ...(columns === "all"
      ? [...numeric, "label"].map((name) => ({ name, as: "number" as const }))
      : []),
  ],
};
const batchOptions = {
  ...options,
  columns: [
    ...options.columns.filter(({ name }) => name !== "label"),
    { name: "label", as: "number" as const },
  ],
};
const rules: SplitRules = {
  client: "bench",
  columns: columnsConfig.parse({
    label: "label",
    categorical,
    numeric: columns === "all" ? numeric : [],
  }),
  feedback: "explicit",
  split: { kind: "random", valid: 0.01, test: 0.01 },
};
const ways: Readonly<Record<string, () => Promise<number>>> = {
  table: async () => (await readTable(source, options)).numRows,
  blocks: async () => {
    let numRows = 0;
    for await (const block of streamTable(source, options)) numRows += block.numRows;
    return numRows;
  },
  stored: async () => {
    const { table } = await cachedTable(source, { ...options, directory });
    table.close();
    return table.numRows;
  },
  batches: async () => toBatches(await readTable(source, batchOptions)),
  cached: async () => {
    const { table, origin } = await cachedTable(source, { ...options, directory });
    if (origin.kind !== "cache") throw new Error(`the table was ${origin.kind}, not found`);
    const { numRows } = table.load();
    table.close();
    return numRows;
  },
};
/** Rows with their label, split, encoded and gone through in batches of 4096. */
async function toBatches(rows: RawTable): Promise<number> {
  const split = splitClient(rows, rules, 1);
  const { data } = encode([split], { minCount: 1 });
  const batch = createBatch(data.schema, 4096, createArena());
  let numRows = split.valid.length + split.test.length;
  for (const { numRows: inBatch } of evaluationBatches(data.train, data.schema, batch))
    numRows += inBatch;
  return numRows;
}
const begin = performance.now();
const numRows = await ways[way]!();
const seconds = (performance.now() - begin) / 1000;
const peak = /VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ numRows, seconds, peakMiB: Number(peak?.[1] ?? 0) / 1024 }));
