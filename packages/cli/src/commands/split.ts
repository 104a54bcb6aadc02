import { relative, resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { splitFiles, type ClientFiles } from "@atoll/node/datasets";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import type { RunEvent } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { liveProgress, plainProgress } from "../terminal/progress.ts";
import { progressFor } from "../terminal/progress-for.ts";
import { table } from "../terminal/table.ts";
import { UsageError, wholeNumber } from "./run.ts";
import { setFlag } from "./set-flag.ts";

interface SplitFlags {
  readonly out: string;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly json: boolean;
}

export const splitCommand = buildCommand<SplitFlags, [string], AtollContext>({
  docs: {
    brief:
      "Write every client's training, validation and test rows as files, split as a run splits",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "the experiment, a YAML file", parse: String, placeholder: "FILE" }],
    },
    flags: {
      out: { kind: "parsed", parse: String, brief: "folder of the files", placeholder: "DIR" },
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        optional: true,
        brief: "whose split; default: the experiment's first",
        placeholder: "N",
      },
      set: setFlag,
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  func: async function (this: AtollContext, flags: SplitFlags, file: string) {
    const path = resolve(this.cwd, file);
    const experiment = await readExperiment(path, (flags.set ?? []).map(parseOverride));
    if (experiment.data.kind === "files" && experiment.data.storage === "disk")
      throw new UsageError(
        "atoll data split reads each client into memory; set data.storage=memory, or split with a query",
      );
    const write = (line: string) => this.process.stdout.write(line);
    const progress = progressFor<RunEvent>(this, flags.json ? "quiet" : "shown", {
      plain: plainProgress,
      live: liveProgress,
    });
    const abort = new AbortController();
    const stopListening = this.onInterrupt(() => abort.abort());
    const directory = resolve(this.cwd, flags.out);
    try {
      const written = await splitFiles(experiment, {
        experimentDirectory: resolve(path, ".."),
        directory,
        seed: flags.seed ?? experiment.seeds[0]!,
        onEvent: progress.show,
        signal: abort.signal,
      });
      progress.close();
      write(
        flags.json
          ? `${JSON.stringify({ directory, clients: written })}\n`
          : describe(written, relative(this.cwd, directory) || "."),
      );
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      this.process.stderr.write("\nStopped; files that were finished stay.\n");
      this.process.exitCode = 130;
    } finally {
      progress.close();
      stopListening();
    }
  },
});

function describe(written: readonly ClientFiles[], directory: string): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const lines = written.map(({ client, files }) => [
    client,
    number(files.train.rows),
    number(files.valid.rows),
    number(files.test.rows),
    `${directory}/${files.train.path}`,
  ]);
  const notes = written.flatMap(({ client, notes: own }) =>
    own.map((note) => `${client}: ${note}\n`),
  );
  const header = ["client", "train", "valid", "test", "first file"];
  return `${table([header, ...lines], { left: [0, 4] })}\n\n${notes.join("")}How it was split: ${directory}/split.json\n`;
}
