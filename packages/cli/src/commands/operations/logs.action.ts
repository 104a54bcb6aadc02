import { setTimeout as pause } from "node:timers/promises";
import type { AtollContext } from "../../context.ts";
import { planOfRun } from "../../terminal/deployed-results.ts";
import { roundLines } from "../../terminal/metric-lines.ts";
import { administrate, runOf, type Asked } from "../administrate.ts";
import { readLines } from "./read-lines.ts";
import type { LogsFlags } from "./logs.ts";

const LOOK_MS = 500;

type Lines = Awaited<ReturnType<typeof readLines>>["lines"];

export async function action(
  context: AtollContext,
  flags: LogsFlags,
  directory: string,
  name: string,
) {
  const stop = new AbortController();
  const stopListening = context.onInterrupt(() => stop.abort());
  try {
    await administrate(context, { directory, recordUrl: flags.record }, async (asked) => {
      const id = await runOf(asked, name, { server: directory });
      const shown = planOfRun(await asked.results(id));
      for await (const lines of pagesOf(asked, id, { ...flags, signal: stop.signal }))
        for (const line of flags.json ? lines.map(jsonLine) : roundLines(lines, shown))
          context.process.stdout.write(`${line}\n`);
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    context.process.exitCode = 130;
  } finally {
    stopListening();
  }
}

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
