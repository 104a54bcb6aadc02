import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { equalityCases } from "./equality-cases.ts";
import { proveEqual } from "./equality.ts";
import { proveFaults } from "./faults.ts";
import { proveKills } from "./kill.ts";
import { proofsPage } from "./proofs-page.ts";
import type { EqualityRow, Proofs } from "./proofs.ts";

/*
 * npm run prove:deployment -- [--only kills|faults|equality] [--kills 200] [--minutes 15] [--noise local|central]
 *   [--runs 20] [--connections 40] [--carrier https|nats] [--seed 1] [--cases fedmm,fedmm-xmarket] [--format]
 *
 * Kills a server and its silos, damages what they say to each other, and compares a run across machines with the same run
 * in one process, bit for bit. Writes benchmarks/network/proofs.json and docs/results/deployment-proofs.md; what is not
 * tried anew stays as it was. Ends with 1 where anything differs.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    kills: { type: "string", default: "200" },
    minutes: { type: "string", default: "15" },
    noise: { type: "string" },
    runs: { type: "string", default: "20" },
    connections: { type: "string", default: "40" },
    carrier: { type: "string" },
    seed: { type: "string", default: "1" },
    cases: { type: "string" },
    format: { type: "boolean", default: false },
  },
});
const root = join(import.meta.dirname, "..", "..");
const proofsPath = join(root, "benchmarks/network/proofs.json");
const say = (line: string) => console.log(line);

async function equality(before: readonly EqualityRow[]): Promise<readonly EqualityRow[]> {
  const named = options.cases?.split(",");
  const unknown = (named ?? []).filter((name) => !equalityCases.some((one) => one.name === name));
  if (unknown.length > 0)
    throw new Error(
      `--cases ${unknown.join(",")}: there are ${equalityCases.map(({ name }) => name).join(", ")}`,
    );
  const rows = new Map<string, readonly EqualityRow[]>(
    equalityCases.map(({ name }) => [name, before.filter((row) => row.experiment === name)]),
  );
  for (const one of equalityCases) {
    if (named !== undefined && !named.includes(one.name)) continue;
    const found = await proveEqual(one);
    if (found === undefined) say(`${one.name}: left out, there is no ${one.dataDirectory}`);
    else rows.set(one.name, found);
    for (const { method, lines, silos, verdict } of found ?? [])
      say(`${one.name}, ${method}: ${lines} lines across ${silos} silos: ${verdict}`);
  }
  return [...rows.values()].flat();
}

const parts: Readonly<Record<string, (before: Proofs) => Promise<Partial<Proofs>>>> = {
  kills: async (before) => {
    const kept = (before.kills ?? []).filter(
      ({ noise }) => ![noise, undefined].includes(options.noise),
    );
    const passes = await proveKills({
      kills: Number(options.kills),
      minutes: Number(options.minutes),
      seed: Number(options.seed),
      noise: options.noise,
      say,
    });
    return { kills: [...kept, ...passes] };
  },
  faults: async () => ({
    faults: await proveFaults({
      runs: Number(options.runs),
      first: Number(options.seed),
      connections: Number(options.connections),
      carrier: options.carrier,
      say,
    }),
  }),
  equality: async (before) => ({ equality: await equality(before.equality ?? []) }),
};
if (options.only !== undefined && !Object.hasOwn(parts, options.only))
  throw new Error(`--only ${options.only}: there are ${Object.keys(parts).join(", ")}`);

const read = async (): Promise<Proofs> =>
  existsSync(proofsPath)
    ? (JSON.parse(await readFile(proofsPath, "utf8")) as Proofs)
    : { machine: "" };
for (const [name, prove] of Object.entries(parts)) {
  if (options.format || (options.only !== undefined && options.only !== name)) continue;
  const machine = `${cpus()[0]!.model.trim()}, ${availableParallelism()} cores, Node ${process.versions.node}`;
  const found = await prove(await read());
  // Another part may have been tried meanwhile.
  const proofs = { ...(await read()), ...found, machine };
  await writeFile(proofsPath, `${JSON.stringify(proofs, null, 1)}\n`);
}
const { text, isAllSame } = proofsPage(await read());
await writeFile(join(root, "docs/results/deployment-proofs.md"), text);
process.exitCode = isAllSame ? 0 : 1;
