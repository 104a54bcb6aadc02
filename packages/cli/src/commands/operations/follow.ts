import { setTimeout as pause } from "node:timers/promises";
import type { AdminClient, RunDetail } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { deployedResults, planOfRun } from "../../terminal/deployed-results.ts";
import { deployedTable } from "../../terminal/deployed-table.ts";
import { roundLines } from "../../terminal/metric-lines.ts";
import { waitsFor } from "../../terminal/run-state.ts";
import { deploymentText } from "../deployment-text.ts";
import { readLines } from "./read-lines.ts";

type Watched = Pick<AdminClient, "run" | "lines" | "results">;

const LOOK_MS = 500;
const MOST_LOOKS = 6;
/** A round that takes longer says whom it waits for. */
const LONG_SECONDS = 5;
/** It says so again after so long. */
const WAIT_AGAIN_MS = 15_000;

export const hasEnded = ({ state }: Pick<RunDetail, "state">) =>
  state === "done" || state === "failed" || state === "cancelled";

/** Shows a run until it ends: states, rounds as their metrics come, then results. Interrupted, the run goes on. */
export async function followRun(
  context: AtollContext,
  admin: Watched,
  { id, server }: { readonly id: string; readonly server: string },
): Promise<void> {
  const write = (text: string) => context.process.stdout.write(`${text}\n`);
  const stop = new AbortController();
  const stopListening = context.onInterrupt(() => stop.abort());
  const said = new Map<string, number>();
  let from = 0;
  try {
    const shown = planOfRun(await admin.results(id));
    for (;;) {
      const run = await admin.run(id);
      const { lines, next } = await readLines(admin, { id, from });
      from = next;
      for (const line of roundLines(lines, shown)) write(line);
      if (hasEnded(run)) return await end(context, admin, run);
      const nowMs = context.now().getTime();
      for (const { key, text, seconds } of waitsFor(run, nowMs)) {
        const isNews = nowMs - (said.get(key) ?? -Infinity) >= WAIT_AGAIN_MS;
        if (!isNews || (run.state === "running" && seconds < LONG_SECONDS)) continue;
        said.set(key, nowMs);
        write(text);
      }
      await pause(LOOK_MS, undefined, { signal: stop.signal });
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    context.process.stderr.write(`${deploymentText.unwatched(id, { server })}\n`);
    context.process.exitCode = 130;
  } finally {
    stopListening();
  }
}

async function end(
  { process, columns }: AtollContext,
  admin: Watched,
  run: RunDetail,
): Promise<void> {
  if (run.state === "done") {
    const { lines } = await readLines(admin, { id: run.id, from: 0 });
    const results = deployedResults(await settledResults(admin, run), lines);
    const width = columns === undefined ? {} : { width: columns };
    process.stdout.write(`\n${deployedTable(results, width)}\n`);
    return;
  }
  process.stderr.write(`${deploymentText.ended(run)}\n`);
  process.exitCode = 1;
}

/** Clients say what they released after a training is done; whoever is away says it later. */
async function settledResults(admin: Watched, { id, clients }: RunDetail) {
  for (let looks = 1; ; looks++) {
    const results = await admin.results(id);
    const isWhole = results.accounts.length >= results.cells.length * clients.length;
    if (isWhole || looks === MOST_LOOKS) return results;
    await pause(LOOK_MS);
  }
}
