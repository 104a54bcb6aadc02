import { relative, resolve } from "node:path";
import { splitFiles, type ClientFiles } from "@atoll/node/datasets";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import type { RunEvent } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { liveProgress, plainProgress } from "../terminal/progress.ts";
import { progressFor } from "../terminal/progress-for.ts";
import { table } from "../terminal/table.ts";
import { UsageError } from "./usage-error.ts";
import type { SplitFlags } from "./split.ts";

export async function action(context: AtollContext, flags: SplitFlags, file: string) {
  const path = resolve(context.cwd, file);
  const experiment = await readExperiment(path, (flags.set ?? []).map(parseOverride));
  if (experiment.data.kind === "files" && experiment.data.storage === "disk")
    throw new UsageError(
      "atoll data split reads each client into memory; set data.storage=memory, or split with a query",
    );
  const write = (line: string) => context.process.stdout.write(line);
  const progress = progressFor<RunEvent>(context, flags.json ? "quiet" : "shown", {
    plain: plainProgress,
    live: liveProgress,
  });
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const directory = resolve(context.cwd, flags.out);
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
        : describe(written, relative(context.cwd, directory) || "."),
    );
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    context.process.stderr.write("\nStopped; files that were finished stay.\n");
    context.process.exitCode = 130;
  } finally {
    progress.close();
    stopListening();
  }
}

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
