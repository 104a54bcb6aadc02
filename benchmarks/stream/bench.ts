import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { categorical, numeric, writeRows } from "../ingest/data.ts";
import { format, type StreamResults } from "./document.ts";

/*
 * npm run bench:stream [-- --rows 1000000]
 *
 * Generates a Parquet file, trains a model on it with `data.storage: disk` through the command line, one
 * pass, and writes how long each phase took and the most memory that the process ever held to
 * benchmarks/stream/results.json and docs/results/streaming.md. Rows of other sizes stay as they are.
 */
const { values: given } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    model: { type: "string", default: "lr" },
  },
});
const numRows = Number(given.rows);
const root = join(import.meta.dirname, "..", "..");
const folder = await mkdtemp(join(tmpdir(), "atoll-stream-"));

/** The most that a process ever held resident, as the kernel counts it; 0 once it is gone. */
function peakMiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const entries = await readdir(path);
  const sizes = await Promise.all(entries.map((entry) => sizeOf(join(path, entry))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

try {
  const file = join(folder, "rows.parquet");
  await writeRows(numRows, file);
  const experiment = join(folder, "experiment.yaml");
  await writeFile(
    experiment,
    stringify({
      name: "stream",
      data: {
        kind: "files",
        storage: "disk",
        feedback: "explicit",
        columns: { label: "label", categorical, numeric },
        clients: { log: { path: "rows.parquet" } },
      },
      // A thousandth of the rows each: what is measured is training.
      split: { kind: "random", valid: 0.001, test: 0.001 },
      model: given.model === "lr" ? { kind: "lr" } : { kind: given.model, width: 8 },
      methods: ["local"],
      federation: { rounds: 1 },
      training: { batchSize: 8192, select: "last" },
      evaluation: { metrics: ["auc", "logloss"], bootstrap: 100 },
      seeds: [1],
    }),
  );
  const child = spawn(
    process.execPath,
    [
      join(root, "packages/cli/bin/atoll.js"),
      "run",
      experiment,
      "--out",
      join(folder, "run"),
      "--threads",
      "1",
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const begin = performance.now();
  let peak = 0;
  const seconds = () => (performance.now() - begin) / 1000;
  const phases: Record<string, number> = {};
  const watch = setInterval(() => (peak = Math.max(peak, peakMiB(child.pid!))), 200);
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("read log")) phases["read"] = seconds();
    if (line.startsWith("local seed")) phases["trained"] = seconds();
    process.stdout.write(`${line}\n`);
  }
  clearInterval(watch);
  if (child.exitCode !== 0 && child.exitCode !== null)
    throw new Error(`the run ended with exit code ${child.exitCode}`);
  const row = {
    numRows,
    model: given.model,
    fileMiB: (await sizeOf(file)) / 2 ** 20,
    storedMiB: (await sizeOf(join(folder, ".atoll"))) / 2 ** 20,
    readSeconds: phases["read"]!,
    trainSeconds: phases["trained"]! - phases["read"]!,
    peakMiB: peak,
  };
  const path = join(root, "benchmarks/stream/results.json");
  const old = existsSync(path)
    ? (JSON.parse(await readFile(path, "utf8")) as StreamResults).rows
    : [];
  const results: StreamResults = {
    machine: `${cpus()[0]!.model.trim()}, ${availableParallelism()} cores`,
    date: new Date().toISOString().slice(0, 10),
    rows: [
      ...old.filter((other) => other.numRows !== numRows || other.model !== row.model),
      row,
    ].toSorted((a, b) => a.numRows - b.numRows),
  };
  await writeFile(path, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(root, "docs/results/streaming.md"), format(results));
} finally {
  await rm(folder, { recursive: true, force: true });
}
