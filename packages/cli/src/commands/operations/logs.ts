import { setTimeout as pause } from "node:timers/promises";
import { buildCommand } from "@stricli/core";
import type { AtollContext } from "../../context.ts";
import { planOfRun } from "../../terminal/deployed-results.ts";
import { roundLines } from "../../terminal/metric-lines.ts";
import { administrate, runOf, type Asked } from "../administrate.ts";
import { recordOfStopped, runParameter, serverFolder } from "../deployment-flags.ts";
import { readLines } from "./read-lines.ts";

interface LogsFlags {
  readonly follow: boolean;
  readonly json: boolean;
  readonly record?: string;
}

const LOOK_MS = 500;

export const logsCommand = buildCommand<LogsFlags, [string, string], AtollContext>({
  docs: { brief: "Print a run's metrics, round by round" },
  parameters: {
    positional: { kind: "tuple", parameters: [serverFolder, runParameter] },
    flags: {
      follow: { kind: "boolean", default: false, brief: "go on until the run ends" },
      json: { kind: "boolean", default: false, brief: "one JSON object per client and round" },
      record: recordOfStopped,
    },
  },
  func: async function (this: AtollContext, flags: LogsFlags, directory: string, name: string) {
    const stop = new AbortController();
    const stopListening = this.onInterrupt(() => stop.abort());
    try {
      await administrate(this, { directory, recordUrl: flags.record }, async (asked) => {
        const id = await runOf(asked, name, { server: directory });
        const shown = planOfRun(await asked.results(id));
        for await (const lines of pagesOf(asked, id, { ...flags, signal: stop.signal }))
          for (const line of flags.json ? lines.map(jsonLine) : roundLines(lines, shown))
            this.process.stdout.write(`${line}\n`);
      });
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      this.process.exitCode = 130;
    } finally {
      stopListening();
    }
  },
});

type Lines = Awaited<ReturnType<typeof readLines>>["lines"];

/** Lines as they come; without `follow`, those that are there. A stopped server adds none. */
async function* pagesOf(
  asked: Asked,
  id: string,
  { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Lines> {
  for (let from = 0; ;) {
    const { lines, next, isLast } = await readLines(asked, { id, from });
    yield lines;
    if (!follow || isLast || !asked.isRunning) return;
    from = next;
    await pause(LOOK_MS, undefined, { signal });
  }
}

function jsonLine({ cell, line }: Lines[number]): string {
  return JSON.stringify({ ...cell, ...(JSON.parse(line) as object) });
}
