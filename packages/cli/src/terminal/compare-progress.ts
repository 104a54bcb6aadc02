import type { CompareEvent } from "@atoll/node/comparisons";
import type { RunEvent } from "@atoll/node/runs";
import { augmentedLine } from "./augmentation-lines.ts";
import { barOf, cellLine } from "./progress.ts";
import type { Shown } from "./progress-for.ts";
import { tellingLine } from "./telling-line.ts";
import { follow, newTally, type Tally } from "./tally.ts";
import { duration } from "./units.ts";

/** What is known of all runs of a comparison. */
interface CompareTally {
  readonly startedMs: number;
  total: number;
  done: number;
  /** Of these, by this process. */
  own: number;
  runs: number;
  runsDone: number;
  /** Cells of all runs, each named with its run. */
  readonly cells: Tally;
  /** What runs do that do not train yet. */
  readonly preparing: Map<string, string>;
}

function newCompareTally(nowMs: number): CompareTally {
  return {
    startedMs: nowMs,
    total: 0,
    done: 0,
    own: 0,
    runs: 0,
    runsDone: 0,
    cells: newTally(nowMs),
    preparing: new Map(),
  };
}

function followComparison(tally: CompareTally, event: CompareEvent, nowMs: number): void {
  switch (event.kind) {
    case "compare-plan":
      tally.runs = event.runs.length;
      tally.total = event.runs.reduce((sum, { cells }) => sum + cells.length, 0);
      tally.done = event.runs.reduce((sum, { finished }) => sum + finished, 0);
      break;
    case "run-start":
      tally.preparing.set(event.run, "reading rows");
      break;
    case "run-event":
      follow(tally.cells, named(event.run, event.event), nowMs);
      if (event.event.kind === "splitting")
        tally.preparing.set(event.run, `splitting ${event.event.client}`);
      if (event.event.kind === "cell-start") tally.preparing.delete(event.run);
      if (event.event.kind === "cell-end") {
        tally.done += 1;
        tally.own += 1;
      }
      if (event.event.kind === "statistics") tally.preparing.set(event.run, "statistics");
      break;
    case "run-end":
      tally.runsDone += 1;
      tally.preparing.delete(event.run);
      break;
    case "method-failed":
      break;
  }
}

/** An event with its methods named after their run too, so that one tally knows all runs. */
function named(run: string, event: RunEvent): RunEvent {
  const own = (method: string) => `${run}: ${method}`;
  if (event.kind === "plan")
    return {
      ...event,
      cells: event.cells.map((cell) => ({ ...cell, method: own(cell.method) })),
      finished: event.finished.map((cell) => ({ ...cell, method: own(cell.method) })),
    };
  return "method" in event && "seed" in event ? { ...event, method: own(event.method) } : event;
}

/** Trainings done, the time so far, rows per second, and the time left by the trainings until now. */
function headline(tally: CompareTally, nowMs: number): string {
  const seconds = (nowMs - tally.startedMs) / 1000;
  const rate =
    seconds > 0 && tally.cells.rows > 0
      ? `  ${Math.round(tally.cells.rows / seconds).toLocaleString("en-US")} rows/s`
      : "";
  const left =
    tally.own === 0
      ? ""
      : `  about ${duration(((tally.total - tally.done) * seconds) / tally.own)} left`;
  return `${tally.done}/${tally.total} trainings  ${duration(seconds)}${rate}${left}`;
}

function planLines({ runs, trainings }: Extract<CompareEvent, { kind: "compare-plan" }>): string {
  const total = runs.reduce((sum, { cells }) => sum + cells.length, 0);
  const done = runs.reduce((sum, { finished }) => sum + finished, 0);
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return [
    `${counted(runs.length, "run")}, ${counted(total, "training")}, ${trainings} at a time${done > 0 ? `; ${done} done before` : ""}`,
    ...runs.map(({ name, cells, finished }) => {
      const methods = new Set(cells.map(({ method }) => method)).size;
      const seeds = new Set(cells.map(({ seed }) => seed)).size;
      return `  ${name}: ${counted(methods, "method")}, ${counted(seeds, "seed")}${finished > 0 ? `, ${finished} of ${cells.length} done before` : ""}`;
    }),
    "",
  ].join("\n");
}

function failedLine({
  run,
  method,
  seed,
  message,
}: Extract<CompareEvent, { kind: "method-failed" }>) {
  return `${run}: ${method} failed with seed ${seed} and is left out: ${message}\n`;
}

/** One line per finished training: for files, pipes and CI logs. */
export function plainCompareProgress(
  write: (text: string) => void,
  now: () => number,
): Shown<CompareEvent> {
  const tally = newCompareTally(now());
  return {
    show: (event) => {
      followComparison(tally, event, now());
      switch (event.kind) {
        case "compare-plan":
          write(planLines(event));
          break;
        case "method-failed":
          write(failedLine(event));
          break;
        case "run-end":
          write(`${event.run}: done (${tally.runsDone} of ${tally.runs} runs)\n`);
          break;
        case "run-event": {
          const { event: own, run } = event;
          if (own.kind === "cell-end")
            write(
              `[${headline(tally, now())}] ${run}: ${own.method} seed ${own.seed}: done after ${own.rounds} rounds, ${duration(own.seconds)}\n`,
            );
          if (own.kind === "telling") write(`${run}: ${tellingLine(own)}`);
          if (own.kind === "augmented") write(`${run}: ${augmentedLine(own)}\n`);
          break;
        }
        case "run-start":
          break;
      }
    },
    close: () => {},
  };
}

const FRAME_MS = 100;

/** A block of lines that is redrawn in place, at most ten times a second: all runs, then what goes on. */
export function liveCompareProgress(
  write: (text: string) => void,
  now: () => number,
  columns: () => number,
): Shown<CompareEvent> {
  const tally = newCompareTally(now());
  let drawn = 0;
  let lastMs = 0;
  const clear = () => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[0J`);
  const cut = (line: string) => [...line].slice(0, columns() - 1).join("");
  const stay = (text: string) => {
    write(`${clear()}${text}`);
    drawn = 0;
  };
  return {
    show: (event) => {
      followComparison(tally, event, now());
      if (event.kind === "compare-plan") stay(planLines(event));
      if (event.kind === "method-failed") stay(failedLine(event));
      if (event.kind === "run-event" && event.event.kind === "telling")
        stay(`${event.run}: ${tellingLine(event.event)}`);
      if (now() - lastMs < FRAME_MS) return;
      lastMs = now();
      const lines = [
        `${barOf(tally.done, tally.total)} ${headline(tally, now())}`,
        ...[...tally.preparing].map(([run, what]) => `  ${run}: ${what}`),
        ...[...tally.cells.active].map((key) => cellLine(tally.cells.cells.get(key)!)),
      ].map(cut);
      write(`${clear()}${lines.join("\n")}\n`);
      drawn = lines.length;
    },
    close: () => {
      if (drawn > 0) write(clear());
      drawn = 0;
    },
  };
}
