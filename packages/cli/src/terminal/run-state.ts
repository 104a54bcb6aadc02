import type { RunDetail } from "@atoll/network/operations";
import { cellName, roundName } from "./cell-name.ts";
import { duration } from "./units.ts";

/** What a run waits for, in words. */
export interface Wait {
  /** The same as long as it waits for the same. */
  readonly key: string;
  readonly text: string;
  readonly seconds: number;
}

export function waitsFor(run: RunDetail, nowMs: number): readonly Wait[] {
  if (run.state === "waiting") {
    const asked = run.clients.filter(({ state }) => state === "asked").map(({ client }) => client);
    const text =
      asked.length === 0 ? "about to begin" : `waits for ${asked.join(", ")} to take part`;
    return [{ key: text, text, seconds: (nowMs - run.createdAtMs) / 1000 }];
  }
  const rounds = Map.groupBy(
    run.tasks.filter(({ state }) => state === "open" || state === "leased"),
    ({ cell, stage, round }) => `${cellName(cell)} ${roundName(stage, round)}`,
  );
  return [...rounds].map(([name, tasks]) => {
    const clients = tasks.map(({ client }) => client).toSorted();
    const key = `${name} waits for ${clients.join(", ")}`;
    const seconds = (nowMs - Math.min(...tasks.map(({ openedAtMs }) => openedAtMs))) / 1000;
    return { key, text: `${key} (${duration(seconds)})`, seconds };
  });
}

/** How far a run is: trainings done, and all that are planned. */
export function shareOf({ cells, methods, seeds }: RunDetail): string {
  const done = cells.filter(({ state }) => state === "done").length;
  return `${done} of ${methods.length * seeds.length} trainings`;
}
