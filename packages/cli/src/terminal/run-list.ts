import type { RunDetail, RunSummary } from "@atoll/network/operations";
import { shortId } from "./cell-name.ts";
import { shareOf } from "./run-state.ts";
import { table } from "./table.ts";
import { bytes, duration } from "./units.ts";

/** A server's runs, the latest last. */
export function runList(runs: readonly RunSummary[], nowMs: number): string {
  const rows = runs
    .toSorted((a, b) => a.createdAtMs - b.createdAtMs)
    .map((run) => [
      shortId(run.id),
      run.name,
      run.state,
      timeOf(run.createdAtMs),
      duration(((run.endedAtMs ?? nowMs) - run.createdAtMs) / 1000),
      run.methods.join(", "),
      run.reason === undefined ? "" : briefly(run.reason),
    ]);
  return table([["run", "experiment", "state", "submitted (UTC)", "for", "methods", ""], ...rows], {
    left: [0, 1, 2, 3, 5, 6],
  });
}

/** What is known of one run before its results; `planned`: the methods of its experiment. */
export function runHead(run: RunDetail, planned: readonly string[]): string {
  const { id, name, state, reason, createdAtMs, endedAtMs, clients } = run;
  const left = planned.filter((method) => !run.methods.includes(method));
  const refused = clients.filter((client) => client.state === "refused");
  return [
    `Run ${id}  ${name}, ${state}, ${shareOf(run)} done`,
    `Submitted ${timeOf(createdAtMs)} UTC${endedAtMs === undefined ? "" : `, ended after ${duration((endedAtMs - createdAtMs) / 1000)}`}, for ${clients.map(({ client }) => client).join(", ")}`,
    ...(left.length === 0
      ? []
      : [`Left out, as everybody's rows would have to be in one place: ${left.join(", ")}`]),
    ...(reason === undefined ? [] : [reason]),
    ...refused.map(
      (client) =>
        `${client.client} refused (${client.code ?? "?"}): ${client.reason ?? "it did not say why"}`,
    ),
  ].join("\n");
}

/** Where the server holds what federated trainings came to; undefined where none has. */
export function modelList({ cells }: RunDetail): string | undefined {
  const rows = cells.flatMap(({ cell, model }) =>
    model === undefined
      ? []
      : [[cell.method, `seed ${cell.seed}`, bytes(model.sizeBytes), model.path]],
  );
  if (rows.length === 0) return undefined;
  return `Global models, on the server:\n${table(rows, { left: [0, 1, 3] })}`;
}

const MOST_LETTERS = 60;

function briefly(text: string): string {
  const letters = [...text];
  return letters.length <= MOST_LETTERS ? text : `${letters.slice(0, MOST_LETTERS - 1).join("")}…`;
}

const timeOf = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
