import { stat, writeFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { guessRoles, inspectSource } from "@atoll/node/sources";
import type { AtollContext } from "../context.ts";
import { starterExperiment, type StarterClient } from "../starter.ts";
import { text } from "../text.ts";
import { UsageError } from "./run.ts";

interface InitFlags {
  readonly out: string;
  readonly force: boolean;
}

export const initCommand = buildCommand<InitFlags, string[], AtollContext>({
  docs: { brief: "Write a commented starter experiment for your own files, one per client" },
  parameters: {
    positional: {
      kind: "array",
      parameter: {
        brief: "CSV, TSV, JSONL or Parquet files, one per client; none: a template",
        parse: String,
        placeholder: "FILE",
      },
    },
    flags: {
      out: {
        kind: "parsed",
        parse: String,
        default: "experiment.yaml",
        brief: "the file to write",
        placeholder: "FILE",
      },
      force: { kind: "boolean", default: false, brief: "overwrite it" },
    },
  },
  func: async function (this: AtollContext, { out, force }: InitFlags, ...files: string[]) {
    const target = resolve(this.cwd, out);
    if (!force && (await stat(target).catch(() => undefined)) !== undefined)
      throw new UsageError(text.initExists(out));
    const clients: StarterClient[] = files.map((file) => ({
      name: basename(file).split(".")[0] || basename(file),
      path: relative(dirname(target), resolve(this.cwd, file)),
    }));
    const repeated = clients.find(
      ({ name }, i) => clients.findIndex((other) => other.name === name) < i,
    );
    if (repeated)
      throw new UsageError(`two files would both be client "${repeated.name}"; rename one of them`);
    const first = files[0];
    const roles =
      first === undefined
        ? undefined
        : guessRoles(await inspectSource({ path: resolve(this.cwd, first), header: true }));
    await writeFile(target, starterExperiment(clients, roles));
    this.process.stdout.write(`${text.initWrote(out)}\n`);
  },
});
