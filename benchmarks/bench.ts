import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "./document.ts";
import { measure } from "./measure.ts";
import { merged, type Results, type Row } from "./rows.ts";
import { startTorch } from "./torch-process.ts";
import { workloads } from "./workloads/index.ts";

/*
 * npm run bench [-- --only TEXT] [--threads 1,4] [--rounds N]
 *
 * Times our steps next to PyTorch's, where ATOLL_BENCH_PYTHON names a Python that has it, and writes
 * benchmarks/results.json and docs/results/engine.md. With --only, the other rows stay as they are.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    threads: { type: "string" },
    rounds: { type: "string", default: "11" },
  },
});

const root = join(import.meta.dirname, "..");
const resultsPath = join(root, "benchmarks", "results.json");
const cores = availableParallelism();
const threadCounts = options.threads?.split(",").map(Number) ?? [...new Set([1, cores])];
const rounds = Number(options.rounds);
const chosen = workloads.filter(({ name }) =>
  name.toLowerCase().includes(options.only.toLowerCase()),
);
if (chosen.length === 0)
  throw new Error(
    `no workload is called "${options.only}"; there are: ${workloads.map((w) => w.name).join("; ")}`,
  );

const torch = await startTorch(process.env["ATOLL_BENCH_PYTHON"] ?? "python3");
if (torch === undefined)
  console.log(
    "no PyTorch: set ATOLL_BENCH_PYTHON to a Python that has it; its side is not measured",
  );

const fresh: Row[] = [];
const total = chosen.length * threadCounts.length;
const begin = performance.now();
let done = 0;
for (const workload of chosen)
  for (const threads of threadCounts) {
    for (const row of await measure(workload, threads, torch, rounds)) {
      fresh.push(row);
      const { oursMs, theirsMs, ratio, goal } = row;
      const theirs = theirsMs === null ? "not measured" : `${theirsMs.toFixed(2)} ms`;
      const verdict = ratio === null ? "" : `, ratio ${ratio.toFixed(2)} (goal ${goal})`;
      console.log(
        `${row.workload}, ${threads} threads, ${row.against}: ${oursMs.toFixed(2)} ms, theirs ${theirs}${verdict}`,
      );
    }
    done++;
    const left = ((performance.now() - begin) / done) * (total - done);
    console.log(`  ${done} of ${total}, about ${Math.ceil(left / 60_000)} min left`);
  }
torch?.close();

const old: readonly Row[] = await readFile(resultsPath, "utf8").then(
  (text) => (JSON.parse(text) as Results).rows,
  () => [],
);
const results: Results = {
  machine: `${cpus()[0]!.model.trim()}, ${cores} cores`,
  versions: [
    `Node ${process.versions.node}`,
    `ONNX Runtime ${await versionOf("onnxruntime-node")}`,
    ...(torch ? [`PyTorch ${torch.version}`] : []),
  ].join(", "),
  date: new Date().toISOString().slice(0, 10),
  rows: merged(
    old,
    fresh,
    workloads.map(({ name }) => name),
  ),
};
await writeFile(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
await writeFile(join(root, "docs", "results", "engine.md"), format(results));

async function versionOf(name: string): Promise<string> {
  const path = join(root, "node_modules", name, "package.json");
  return (JSON.parse(await readFile(path, "utf8")) as { version: string }).version;
}
