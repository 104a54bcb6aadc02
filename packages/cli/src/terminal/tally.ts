import type { RunEvent } from "@atoll/node/runs";
import { duration } from "./units.ts";

type Event<Kind extends RunEvent["kind"]> = Extract<RunEvent, { kind: Kind }>;

/** A stage of a cell: how many of its rounds are done, or will never be. */
interface StageTally {
  readonly stage: string;
  readonly most: number;
  done: number;
}

export interface CellTally {
  readonly method: string;
  readonly label: string;
  readonly stages: readonly StageTally[];
  readonly rowsPerRound: number;
  /** The stage of the last round, and which round of it that was, from 1; none before the first. */
  at: { readonly stage: string; readonly round: number } | undefined;
  /** Loss and validation of the last round that had some. */
  note: string;
  /** How far each party is with long work within the round. */
  work: Map<string, Event<"work">>;
  /** When its last round ended, or it started. */
  lastMs: number;
}

/** What is known of the whole run: how much is done, how fast, what is left. */
export interface Tally {
  startedMs: number;
  /** When the first cell of this process started. */
  trainingMs: number | undefined;
  rows: number;
  selectBy: string;
  cells: Map<string, CellTally>;
  active: Set<string>;
  /** Time and number of rounds that this process did, by method and stage. */
  spent: Map<string, { ms: number; rounds: number }>;
}

/** Before so many rounds nothing is said about the time left. */
const FEWEST_ROUNDS = 5;

export const keyOf = ({ seed, method }: { readonly seed: number; readonly method: string }) =>
  `${seed}/${method}`;

const stageKey = (method: string, stage: string) => JSON.stringify([method, stage]);

export function newTally(nowMs: number): Tally {
  return {
    startedMs: nowMs,
    trainingMs: undefined,
    rows: 0,
    selectBy: "",
    cells: new Map(),
    active: new Set(),
    spent: new Map(),
  };
}

export function follow(tally: Tally, event: RunEvent, nowMs: number): void {
  switch (event.kind) {
    case "plan":
      tally.selectBy = event.selectBy;
      for (const { seed, method, stages, rowsPerRound } of event.cells)
        tally.cells.set(keyOf({ seed, method }), {
          method,
          label: `${method} (seed ${seed})`,
          stages: stages.map(({ stage, rounds }) => ({ stage, most: rounds, done: 0 })),
          rowsPerRound,
          at: undefined,
          note: "",
          work: new Map(),
          lastMs: nowMs,
        });
      for (const cell of event.finished) complete(tally.cells.get(keyOf(cell))!.stages);
      break;
    case "cell-start": {
      const cell = tally.cells.get(keyOf(event))!;
      tally.active.add(keyOf(event));
      tally.trainingMs ??= nowMs;
      cell.lastMs = nowMs;
      // Which stages these rounds were of is known with the next round only.
      let left = event.resumedAtRound;
      for (const stage of cell.stages) {
        stage.done = Math.min(stage.most, left);
        left -= stage.done;
      }
      break;
    }
    case "round": {
      const cell = tally.cells.get(keyOf(event))!;
      cell.work.clear();
      cell.note = noteOf(event.lines, tally.selectBy) || cell.note;
      cell.at = { stage: event.stage, round: event.round + 1 };
      const index = cell.stages.findIndex(({ stage }) => stage === event.stage);
      // Stages before this one are over, however few rounds they took.
      complete(cell.stages.slice(0, Math.max(0, index)));
      const own = cell.stages[index];
      if (own) own.done = Math.min(own.most, event.round + 1);
      const key = stageKey(cell.method, event.stage);
      const { ms, rounds } = tally.spent.get(key) ?? { ms: 0, rounds: 0 };
      tally.spent.set(key, { ms: ms + nowMs - cell.lastMs, rounds: rounds + 1 });
      cell.lastMs = nowMs;
      if (event.stage === "train") tally.rows += cell.rowsPerRound;
      break;
    }
    case "cell-end":
      complete(tally.cells.get(keyOf(event))!.stages);
      tally.active.delete(keyOf(event));
      break;
    case "cell-failed":
      tally.active.delete(keyOf(event));
      break;
    case "work":
      tally.cells.get(keyOf(event))!.work.set(event.client, event);
      break;
    case "reply":
      tally.cells.get(keyOf(event))!.work.delete(event.line.client);
      break;
    case "reading":
    case "cache-damaged":
    case "read":
    case "splitting":
    case "telling":
    case "augmentation-planning":
    case "augmentation-leaves":
    case "augmenting":
    case "augmented":
    case "checkpoint":
    case "statistics":
      break;
  }
}

function complete(stages: readonly StageTally[]): void {
  for (const stage of stages) stage.done = stage.most;
}

/** Rounds done, or never to be, and all planned ones. */
export function roundsOf(stages: readonly StageTally[]): { done: number; most: number } {
  return {
    done: stages.reduce((sum, { done }) => sum + done, 0),
    most: stages.reduce((sum, { most }) => sum + most, 0),
  };
}

/** Which round of which stage: `round 3/9`, `codebook 12/53`. */
export function placeOf({ at, stages }: CellTally): string {
  if (at === undefined) return "";
  const most = stages.find(({ stage }) => stage === at.stage)?.most ?? at.round;
  return `${at.stage === "train" ? "round" : at.stage} ${Math.min(at.round, most)}/${most}`;
}

/** The share done, the time so far, training rows per second, and the time left at most. */
export function headline(tally: Tally, nowMs: number): string {
  const seconds = (nowMs - tally.startedMs) / 1000;
  const { done, most } = roundsOf([...tally.cells.values()].flatMap(({ stages }) => stages));
  const share = most === 0 ? 0 : done / most;
  const left = secondsLeft(tally, nowMs);
  const rate =
    seconds > 0 && tally.rows > 0
      ? `  ${Math.round(tally.rows / seconds).toLocaleString("en-US")} rows/s`
      : "";
  return `${String(Math.round(share * 100)).padStart(3)}%  ${duration(seconds)}${rate}${left === undefined ? "" : `  ${duration(left)} left at most`}`;
}

/**
 * Rounds of one stage say nothing about those of another: a round left costs what rounds of the same
 * method and stage took so far, else those of the same stage, else any. Cells that run side by side share
 * the time, as many at once as there were on average until now.
 */
function secondsLeft(tally: Tally, nowMs: number): number | undefined {
  const spent = [...tally.spent].map(([key, { ms, rounds }]) => {
    const [method, stage] = JSON.parse(key) as [string, string];
    return { method, stage, ms, rounds };
  });
  const sum = (entries: typeof spent) => ({
    ms: entries.reduce((total, { ms }) => total + ms, 0),
    rounds: entries.reduce((total, { rounds }) => total + rounds, 0),
  });
  const all = sum(spent);
  if (all.rounds < FEWEST_ROUNDS || tally.trainingMs === undefined) return undefined;
  const costOf = (method: string, stage: string): number => {
    const alike = spent.filter((entry) => entry.stage === stage);
    const own = sum(alike.filter((entry) => entry.method === method));
    const { ms, rounds } = own.rounds > 0 ? own : alike.length > 0 ? sum(alike) : all;
    return ms / rounds;
  };
  let leftMs = 0;
  for (const { method, stages } of tally.cells.values())
    for (const { stage, most, done } of stages)
      if (most > done) leftMs += (most - done) * costOf(method, stage);
  const atOnce = Math.max(1, all.ms / Math.max(1, nowMs - tally.trainingMs));
  return leftMs / atOnce / 1000;
}

/** Loss, quantisation error and validation, averaged over the clients that said them. */
function noteOf(lines: Event<"round">["lines"], selectBy: string): string {
  const average = (name: (key: string) => boolean) => {
    const values = lines.flatMap(({ values: own }) =>
      Object.entries(own)
        .filter(([key]) => name(key))
        .map(([, value]) => value),
    );
    return values.length === 0
      ? undefined
      : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const told = [
    ["loss", average((key) => key === "trainLoss")],
    ["error", average((key) => key.endsWith("/reconstruction"))],
    [`valid ${selectBy}`, average((key) => key.startsWith("valid/"))],
  ] as const;
  return told
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value.toFixed(4)}`]))
    .join("  ");
}

/** The party that is least far with its work, and how far that is; nothing where all is quick. */
export function workText(work: CellTally["work"]): string {
  const [slowest] = [...work.values()].toSorted((a, b) => a.share - b.share);
  if (slowest === undefined) return "";
  return `${slowest.work} ${slowest.client} ${Math.round(100 * slowest.share)}%`;
}
