import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../../packages/network/src/record/postgres.fixture.ts";
import { format } from "./document.ts";
import { measureFleet } from "./fleet.ts";
import { measureFuzz } from "./fuzz.ts";
import { measureOverhead } from "./overhead.ts";
import { quantile, type NetworkResults, type OverheadRow, type UploadRow } from "./results.ts";
import { measureUpload } from "./upload.ts";

/*
 * node benchmarks/network/bench.ts [--only upload|overhead|fleet|fuzz] [--repeats 3] [--fuzz 1000000] [--format]
 *
 * A server in a process of its own and silos in others, over signed calls. Writes benchmarks/network/results.json and
 * docs/results/network.md; what is not measured anew stays as it was.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    repeats: { type: "string", default: "3" },
    fuzz: { type: "string", default: "1000000" },
    format: { type: "boolean", default: false },
  },
});
const repeats = Number(options.repeats);
const root = join(import.meta.dirname, "..", "..");
const resultsPath = join(root, "benchmarks/network/results.json");

const UPLOAD_CLIENTS = [1, 5, 10];
const OVERHEAD_CLIENTS = [1, 10];
const OVERHEAD_ROUNDS = 60;
/** As coordinators do it, and after each round. */
const CHECKPOINTS = [5, 0];

async function uploads(): Promise<UploadRow[]> {
  const rows: UploadRow[] = [];
  for (let i = 0; i < repeats; i++)
    for (const clients of UPLOAD_CLIENTS)
      for (const carrier of ["HTTPS", "NATS"] as const) {
        const row = await measureUpload(carrier, clients);
        if (row === undefined) {
          console.log("NATS: no nats-server on this machine, left out");
          continue;
        }
        rows.push(row);
        console.log(
          `${carrier}, ${clients} clients: ${row.wallSeconds.toFixed(1)} s, server ${row.cpuSeconds.toFixed(1)} s of CPU, ${Math.round(row.receivingMiB)} and ${Math.round(row.aggregatingMiB)} MiB`,
        );
      }
  return rows;
}

async function overheads(): Promise<OverheadRow[]> {
  const rows: OverheadRow[] = [];
  const postgres = await startPostgres();
  if (postgres === undefined) console.log("PostgreSQL: not on this machine, left out");
  try {
    for (let i = 0; i < repeats; i++)
      for (const checkpointSeconds of CHECKPOINTS)
        for (const clients of OVERHEAD_CLIENTS)
          for (const record of ["SQLite", "PostgreSQL"] as const) {
            if (record === "PostgreSQL" && postgres === undefined) continue;
            const row = await measureOverhead(record, {
              clients,
              rounds: OVERHEAD_ROUNDS,
              checkpointSeconds,
              ...(record === "PostgreSQL" && { recordUrl: postgres!.newDatabase() }),
            });
            rows.push(row);
            console.log(
              `${record}, ${clients} silos, checkpoints every ${checkpointSeconds} s: ${quantile(row.ms, 0.5).toFixed(0)} ms per round, p90 ${quantile(row.ms, 0.9).toFixed(0)}`,
            );
          }
  } finally {
    await postgres?.stop();
  }
  return rows;
}

const parts: Readonly<Record<string, () => Promise<Partial<NetworkResults>>>> = {
  upload: async () => ({ upload: await uploads() }),
  overhead: async () => ({ overhead: await overheads() }),
  fleet: async () => ({ fleet: await measureFleet() }),
  fuzz: async () => ({ fuzz: await measureFuzz(Number(options.fuzz)) }),
};
if (options.only !== undefined && !Object.hasOwn(parts, options.only))
  throw new Error(`--only ${options.only}: there are ${Object.keys(parts).join(", ")}`);

let results: NetworkResults = {
  machine: "",
  date: "",
  load: {},
  ...(existsSync(resultsPath) && (JSON.parse(await readFile(resultsPath, "utf8")) as object)),
};
for (const [name, measure] of Object.entries(parts)) {
  if (options.format || (options.only !== undefined && options.only !== name)) continue;
  const load = { ...results.load, [name]: loadavg()[0]! };
  console.log(`${name}, at a load of ${load[name]!.toFixed(1)}`);
  results = {
    ...results,
    ...(await measure()),
    load,
    machine: `${cpus()[0]!.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}`,
    date: new Date().toISOString().slice(0, 10),
  };
  await writeFile(resultsPath, `${JSON.stringify(results)}\n`);
}
await writeFile(join(root, "docs/results/network.md"), format(results, availableParallelism()));
