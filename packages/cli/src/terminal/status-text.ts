import type { AdminClient, ClientSummary, RunDetail } from "@atoll/network/operations";
import { cellName, shortId } from "./cell-name.ts";
import { clientTable } from "./client-table.ts";
import { shareOf, waitsFor } from "./run-state.ts";
import { duration } from "./units.ts";

export interface Status {
  readonly health: Awaited<ReturnType<AdminClient["ready"]>>;
  readonly clients: readonly ClientSummary[];
  /** Runs that go on. */
  readonly runs: readonly RunDetail[];
  readonly numEnded: number;
}

/** How a server is, for people. */
export function statusText(
  { health, clients, runs, numEnded }: Status,
  { nowMs, server }: { readonly nowMs: number; readonly server: string },
): string {
  const ill = health.checks.filter(({ ok }) => !ok);
  return [
    [
      `Server   ${health.isReady ? "well" : "not well"}`,
      ...ill.map(({ name, finding, advice }) =>
        [`  ${name}: ${finding ?? "failed"}`, ...(advice === undefined ? [] : [advice])].join("; "),
      ),
    ].join("\n"),
    clients.length === 0
      ? `Clients  none yet; invite one: atoll server invite ${server} CLIENT`
      : clientTable(clients, { nowMs, isRunning: true }),
    ...runs.map((run) => runText(run, { nowMs, server })),
    runs.length === 0
      ? `Runs     none goes on; ${numEnded} ended: atoll runs ${server}`
      : `${numEnded} more ended: atoll runs ${server}`,
  ].join("\n\n");
}

function runText(
  run: RunDetail,
  { nowMs, server }: { readonly nowMs: number; readonly server: string },
): string {
  const hasModels = run.cells.some(({ model }) => model !== undefined);
  const begun = run.cells.filter(({ state, rounds }) => state === "open" && rounds > 0);
  return [
    `Run ${shortId(run.id)}  ${run.name}, ${run.state}, submitted ${duration((nowMs - run.createdAtMs) / 1000)} ago, ${shareOf(run)} done`,
    ...begun.map(({ cell, rounds }) => `  ${cellName(cell)}: ${rounds} rounds are written down`),
    ...(hasModels ? [`  global models so far: atoll runs ${server} ${shortId(run.id)}`] : []),
    ...waitsFor(run, nowMs).map(({ text }) => `  ${text}`),
  ].join("\n");
}
