import { relative, resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { syntheticConfig, type WorldConfig } from "@atoll/core/data";
import { synthFiles, type SynthFile } from "@atoll/node/datasets";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import type { AtollContext } from "../context.ts";
import { table } from "../terminal/table.ts";
import { UsageError, wholeNumber } from "./run.ts";
import { setFlag } from "./set-flag.ts";

/** Rows that a market has at least. */
const SMALLEST = 50;

interface SynthFlags {
  readonly out: string;
  readonly rows: number;
  readonly markets: number;
  readonly seed: number;
  readonly set?: readonly string[];
  readonly json: boolean;
}

export const synthCommand = buildCommand<SynthFlags, [string?], AtollContext>({
  docs: {
    brief: "Write a synthetic world to files, with the true probabilities of every row",
    fullDescription:
      "Without FILE the world has as many markets as --markets says, each half as large as the one before; with FILE it is that of an experiment. An experiment.yaml that reads the files is written beside them.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "an experiment with synthetic data, such as examples/synthetic.yaml",
          parse: String,
          placeholder: "FILE",
          optional: true,
        },
      ],
    },
    flags: {
      out: { kind: "parsed", parse: String, brief: "folder of the files", placeholder: "DIR" },
      rows: {
        kind: "parsed",
        parse: wholeNumber(SMALLEST),
        default: "40000",
        brief: "rows of the largest market",
        placeholder: "N",
      },
      markets: {
        kind: "parsed",
        parse: wholeNumber(1),
        default: "4",
        brief: "number of markets",
        placeholder: "N",
      },
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        default: "1",
        brief: "draws the world",
        placeholder: "N",
      },
      set: { ...setFlag, brief: "override a setting of FILE: path.to.setting=value" },
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  func: async function (this: AtollContext, flags: SynthFlags, file?: string) {
    const world = file === undefined ? halving(flags) : await worldOf(this, flags, file);
    const abort = new AbortController();
    const stopListening = this.onInterrupt(() => abort.abort());
    const directory = resolve(this.cwd, flags.out);
    try {
      const written = await synthFiles(world, directory, abort.signal);
      this.process.stdout.write(
        flags.json
          ? `${JSON.stringify({ directory, files: written })}\n`
          : describe(written, world.kind, relative(this.cwd, directory) || "."),
      );
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      this.process.stderr.write("\nStopped; files that were finished stay.\n");
      this.process.exitCode = 130;
    } finally {
      stopListening();
    }
  },
});

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
