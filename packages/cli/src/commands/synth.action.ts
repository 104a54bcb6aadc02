import { relative, resolve } from "node:path";
import { syntheticConfig, type WorldConfig } from "@atoll/core/data";
import { synthFiles, type SynthFile } from "@atoll/node/datasets";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import type { AtollContext } from "../context.ts";
import { table } from "../terminal/table.ts";
import { UsageError } from "./usage-error.ts";
import { SMALLEST, type SynthFlags } from "./synth.ts";

export async function action(context: AtollContext, flags: SynthFlags, file?: string) {
  const world = file === undefined ? halving(flags) : await worldOf(context, flags, file);
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const directory = resolve(context.cwd, flags.out);
  try {
    const written = await synthFiles(world, directory, abort.signal);
    context.process.stdout.write(
      flags.json
        ? `${JSON.stringify({ directory, files: written })}\n`
        : describe(written, world.kind, relative(context.cwd, directory) || "."),
    );
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    context.process.stderr.write("\nStopped; files that were finished stay.\n");
    context.process.exitCode = 130;
  } finally {
    stopListening();
  }
}

/** Markets of which each has half the rows of the one before. */
function halving({ rows, markets, seed }: SynthFlags) {
  const entries = Array.from({ length: markets }, (_, m) => [
    `market${m + 1}`,
    { rows: Math.max(SMALLEST, Math.round(rows / 2 ** m)) },
  ]);
  return syntheticConfig.parse({
    kind: "synthetic",
    markets: Object.fromEntries(entries) as unknown,
    worldSeed: seed,
  });
}

async function worldOf({ cwd }: AtollContext, { set = [] }: SynthFlags, file: string) {
  const { data } = await readExperiment(resolve(cwd, file), set.map(parseOverride));
  if (data.kind === "files")
    throw new UsageError(
      `${file} reads files; give an experiment with data.kind synthetic, scenarios or cross-domain`,
    );
  return data;
}

function describe(
  written: readonly SynthFile[],
  kind: WorldConfig["kind"],
  directory: string,
): string {
  const clients = { synthetic: "market", scenarios: "scenario", "cross-domain": "domain" }[kind];
  const lines = written.map(({ client, rows, path }) => [
    client,
    rows.toLocaleString("en-US"),
    `${directory}/${path}`,
  ]);
  return `${table([[clients, "rows", "file"], ...lines], { left: [0, 2] })}\n\nRun it with: atoll run ${directory}/experiment.yaml\n`;
}
