import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { median } from "../comparison.ts";
import { writeRows } from "./data.ts";
import { format } from "./document.ts";
import { merged, type IngestResults, type IngestRow } from "./results.ts";

/*
 * npm run bench:ingest [-- --rows 1000000] [--repetitions N] [--formats parquet,csv] [--ways table,stored]
 *
 * Generates rows as Parquet and CSV, reads them in every way, beside pandas, pyarrow and polars where
 * ATOLL_BENCH_PYTHON names a Python that has them, and writes benchmarks/ingest/results.json and
 * docs/results/ingestion.md. Rows of other sizes stay as they are.
 */
const { values: given } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    repetitions: { type: "string", default: "5" },
    formats: { type: "string", default: "parquet,csv" },
    ways: {
      type: "string",
      default: "table,blocks,stored,cached,batches,pandas,pyarrow,polars",
    },
  },
});
const numRows = Number(given.rows);
const ways = given.ways.split(",");
const root = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);
const python = process.env["ATOLL_BENCH_PYTHON"];
const versions = new Map<string, string>();

interface Measurement {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly version?: string;
}

const folder = await mkdtemp(join(tmpdir(), "atoll-ingest-"));
const rows: IngestRow[] = [];
try {
  for (const fileFormat of given.formats.split(",") as IngestRow["format"][]) {
    const path = join(folder, `rows.${fileFormat}`);
    await writeRows(numRows, path);
    for (const columns of ["text", "all"] as const) {
      const readers = ways.flatMap((way) => readerOf(way, path, columns) ?? []);
      const found = readers.map((): Measurement[] => []);
      // In turn, so that whatever else the machine does meets all of them.
      for (let repetition = 0; repetition < Number(given.repetitions); repetition++)
        for (const [i, read] of readers.entries()) {
          const measured = await read.measure();
          if (measured !== undefined) found[i]!.push(measured);
        }
      readers.forEach(({ name }, i) => {
        const own = found[i]!;
        if (own.length === 0) return;
        if (own[0]!.version !== undefined) versions.set(name, own[0]!.version);
        const row: IngestRow = {
          numRows,
          format: fileFormat,
          columns,
          reader: name,
          seconds: median(own.map(({ seconds }) => seconds)),
          peakMiB: median(own.map(({ peakMiB }) => peakMiB)),
        };
        rows.push(row);
        console.log(
          `${fileFormat}, ${columns}, ${name}: ${(numRows / row.seconds / 1e6).toFixed(2)} M rows/s, ${Math.round(row.peakMiB)} MiB`,
        );
      });
    }
    await rm(path);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const resultsPath = join(root, "benchmarks", "ingest", "results.json");
const old = existsSync(resultsPath)
  ? (JSON.parse(await readFile(resultsPath, "utf8")) as IngestResults).rows
  : [];
const results: IngestResults = {
  machine: `${cpus()[0]!.model.trim()}, ${availableParallelism()} cores`,
  versions: [
    `Node ${process.versions.node}`,
    ...[...versions].map(([name, version]) => `${name} ${version}`),
  ].join(", "),
  date: new Date().toISOString().slice(0, 10),
  rows: merged(old, rows),
};
await writeFile(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
await writeFile(join(root, "docs", "results", "ingestion.md"), format(results));

function readerOf(way: string, path: string, columns: IngestRow["columns"]) {
  if (["pandas", "pyarrow", "polars"].includes(way)) {
    if (python === undefined) return undefined;
    const script = join(import.meta.dirname, "others.py");
    return { name: way, measure: () => outputOf(python, [script, way, path, columns]) };
  }
  const script = join(import.meta.dirname, "measure-one.ts");
  const cache = join(folder, "cache");
  return {
    name: `Atoll, ${way}`,
    measure: async () => {
      if (way === "stored") await rm(cache, { recursive: true, force: true });
      return outputOf(process.execPath, [script, way, path, cache, columns]);
    },
  };
}

async function outputOf(
  command: string,
  words: readonly string[],
): Promise<Measurement | undefined> {
  const { stdout } = await run(command, [...words]);
  return stdout.trim() === "absent" ? undefined : (JSON.parse(stdout) as Measurement);
}
