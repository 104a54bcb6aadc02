import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkAgreement } from "./agree.ts";
import { format, type SpeedResults, type SpeedRow } from "./document.ts";
import { handOver } from "./hand-over.ts";
import { ours } from "./ours.ts";
import { SETTING } from "./setting.ts";
import { sharded } from "./sharded.ts";
import { startTorch, type Way } from "./torch.ts";

/*
 * npm run bench:fedcctr [-- --clients 5000] [--threads 1,4] [--repeats 3]
 *
 * A round of user-clients next to PyTorch's, where ATOLL_BENCH_PYTHON names a Python that has it; sides take
 * turns. Writes benchmarks/fedcctr/results.json and docs/results/fedcctr-speed.md.
 */
const { values: options } = parseArgs({
  options: {
    clients: { type: "string", default: String(SETTING.clients) },
    threads: { type: "string", default: "1,4" },
    repeats: { type: "string", default: "3" },
    format: { type: "boolean", default: false },
  },
});

/** What is compared, and the ratio of theirs to ours that was the goal. */
const COMPARED: readonly { way: Way; clipped: boolean; goal?: number }[] = [
  { way: "copies", clipped: true, goal: 50 },
  { way: "loop", clipped: true, goal: 50 },
  { way: "loop", clipped: false, goal: 50 },
  { way: "vmap", clipped: true },
  { way: "batched", clipped: false },
];
/** Clients of whom both sides' sums are held against each other first. */
const CHECKED = 200;

const root = join(import.meta.dirname, "..", "..");
const resultsPath = join(root, "benchmarks/fedcctr/results.json");
const write = async (results: SpeedResults) => {
  await writeFile(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(root, "docs/results/fedcctr-speed.md"), format(results));
};

if (options.format) {
  if (!existsSync(resultsPath))
    throw new Error(`${resultsPath} is not there: nothing was measured`);
  await write(JSON.parse(await readFile(resultsPath, "utf8")) as SpeedResults);
} else {
  const torch = await startTorch(process.env["ATOLL_BENCH_PYTHON"] ?? "python3");
  if (torch === undefined)
    throw new Error("no PyTorch: set ATOLL_BENCH_PYTHON to a Python that has it");
  const ways = COMPARED.map(({ way, clipped }) => [way, clipped] as const);
  const agreement = await checkAgreement(torch, { ...SETTING, clients: CHECKED }, ways);
  console.log(`sums agree to ${agreement.toExponential(1)} of the largest entry`);
  const setting = { ...SETTING, clients: Number(options.clients) };
  const folder = await mkdtemp(join(tmpdir(), "atoll-fedcctr-"));
  const rows: SpeedRow[] = [];
  try {
    for (const threads of options.threads.split(",").map(Number)) {
      const single = await ours(setting);
      await torch.load(await handOver(single, setting, folder));
      await single.close();
      const own = await sharded(setting, threads);
      for (const { way, clipped, goal } of COMPARED) {
        await own.round({ clipped });
        // A loop is long past its start when it has seen all clients.
        if (way === "vmap" || way === "batched") await torch.time(way, { clipped, threads });
        const seconds: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
        for (let i = 0; i < Number(options.repeats); i++) {
          const begin = performance.now();
          await own.round({ clipped });
          seconds.ours.push((performance.now() - begin) / 1000);
          seconds.theirs.push(await torch.time(way, { clipped, threads }));
        }
        rows.push({ way, clipped, threads, ...seconds, ...(goal !== undefined && { goal }) });
        console.log(
          `${way}, ${clipped ? "clipped" : "not clipped"}, ${threads} threads: ours ${seconds.ours.map((s) => s.toFixed(1)).join(" ")} s, theirs ${seconds.theirs.map((s) => s.toFixed(1)).join(" ")} s`,
        );
      }
      await own.close();
    }
  } finally {
    torch.close();
    await rm(folder, { recursive: true, force: true });
  }
  await write({
    machine: `${cpus()[0]!.model.trim()}, ${availableParallelism()} cores`,
    torch: torch.version,
    date: new Date().toISOString().slice(0, 10),
    setting,
    agreement,
    rows,
  });
}
