import type { RunEvent } from "@atoll/node/runs";
import { styleText } from "node:util";
import { duration } from "./units.ts";

/** Shows events as they come; `close` leaves the screen tidy. */
export interface Progress {
  readonly show: (event: RunEvent) => void;
  readonly close: () => void;
}

/** What is known of the whole run: how much is done, how fast, what is left. */
interface Tally {
  startedMs: number;
  /** Rounds that are done or will never be, of all planned ones. */
  done: number;
  total: number;
  /** Rounds that this process did, for the rate. */
  ownRounds: number;
  rows: number;
  selectBy: string;
  cells: Map<
    string,
    {
      label: string;
      rounds: number;
      round: number;
      note: string;
      rowsPerRound: number;
      /** How far each party is with long work within the round. */
      work: Map<string, Extract<RunEvent, { kind: "work" }>>;
    }
  >;
  active: Set<string>;
}

const keyOf = ({ seed, method }: { readonly seed: number; readonly method: string }) =>
  `${seed}/${method}`;

function newTally(nowMs: number): Tally {
  return {
    startedMs: nowMs,
    done: 0,
    total: 0,
    ownRounds: 0,
    rows: 0,
    selectBy: "",
    cells: new Map(),
    active: new Set(),
  };
}

function follow(tally: Tally, event: RunEvent): void {
  switch (event.kind) {
    case "plan":
      tally.selectBy = event.selectBy;
      for (const cell of event.cells) {
        const label = `${cell.method} (seed ${cell.seed})`;
        tally.cells.set(keyOf(cell), {
          label,
          rounds: cell.rounds + 2,
          round: 0,
          note: "",
          rowsPerRound: cell.rowsPerRound,
          work: new Map(),
        });
        tally.total += cell.rounds + 2;
      }
      for (const cell of event.finished) tally.done += tally.cells.get(keyOf(cell))!.rounds;
      break;
    case "cell-start":
      tally.active.add(keyOf(event));
      tally.done += event.resumedAtRound;
      tally.cells.get(keyOf(event))!.round = event.resumedAtRound;
      break;
    case "round": {
      const cell = tally.cells.get(keyOf(event))!;
      cell.work.clear();
      cell.note = noteOf(event.lines, tally.selectBy) || cell.note;
      // Agreeing on vocabularies takes rounds of its own, which no plan counts.
      if (cell.round < cell.rounds) {
        cell.round += 1;
        tally.done += 1;
      }
      tally.ownRounds += 1;
      if (event.lines[0]?.stage === "train") tally.rows += cell.rowsPerRound;
      break;
    }
    case "cell-end": {
      const cell = tally.cells.get(keyOf(event))!;
      tally.done += Math.max(0, cell.rounds - cell.round);
      tally.active.delete(keyOf(event));
      break;
    }
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
    case "checkpoint":
    case "statistics":
      break;
  }
}

/** Loss and validation, averaged over the clients that said them. */
function noteOf(lines: Extract<RunEvent, { kind: "round" }>["lines"], selectBy: string): string {
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
  const loss = average((key) => key === "trainLoss");
  const valid = average((key) => key.startsWith("valid/"));
  return [
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(valid === undefined ? [] : [`valid ${selectBy} ${valid.toFixed(4)}`]),
  ].join("  ");
}

function headline(tally: Tally, nowMs: number): string {
  const seconds = (nowMs - tally.startedMs) / 1000;
  const share = tally.total === 0 ? 0 : tally.done / tally.total;
  const perRound = tally.ownRounds === 0 ? 0 : seconds / tally.ownRounds;
  const left =
    tally.ownRounds < 5 ? "" : `  ${duration((tally.total - tally.done) * perRound)} left at most`;
  const rate =
    seconds > 0 && tally.rows > 0
      ? `  ${Math.round(tally.rows / seconds).toLocaleString("en-US")} rows/s`
      : "";
  return `${String(Math.round(share * 100)).padStart(3)}%  ${duration(seconds)}${rate}${left}`;
}

/** How often a reading that goes on says how far it is, where every line stays. */
const READING_MS = 1000;
/** How often work within a round says so, where every line stays and no round ends. */
const WORK_MS = 10_000;

function readingLine(
  { client, rows, done, total }: Extract<RunEvent, { kind: "reading" }>,
  startedMs: number,
  nowMs: number,
): string {
  const seconds = (nowMs - startedMs) / 1000;
  return `reading ${client} (${done + 1} of ${total}): ${rows.toLocaleString("en-US")} rows, ${duration(seconds)}`;
}

/** The party that is least far with its work, and how far that is; nothing where all is quick. */
function workText(work: ReadonlyMap<string, Extract<RunEvent, { kind: "work" }>>): string {
  const [slowest] = [...work.values()].toSorted((a, b) => a.share - b.share);
  if (slowest === undefined) return "";
  return `${slowest.work} ${slowest.client} ${Math.round(100 * slowest.share)}%`;
}

function splittingLine({ client, done, total }: Extract<RunEvent, { kind: "splitting" }>): string {
  return `splitting ${client} (${done + 1} of ${total})`;
}

function damagedLine({ client, damage }: Extract<RunEvent, { kind: "cache-damaged" }>): string {
  return `${client}: its table in the cache was damaged (${damage}) and was built again\n`;
}

/** One line per finished round and client group: for files, pipes and CI logs. */
export function plainProgress(write: (text: string) => void, now: () => number): Progress {
  const tally = newTally(now());
  let lastReadingMs = now();
  let lastLineMs = now();
  return {
    show: (event) => {
      follow(tally, event);
      if (event.kind === "round" || event.kind === "cell-end" || event.kind === "plan")
        lastLineMs = now();
      switch (event.kind) {
        case "work":
          if (now() - lastLineMs < WORK_MS) break;
          lastLineMs = now();
          write(
            `[${headline(tally, now()).trim()}] ${event.method} seed ${event.seed}: ${workText(tally.cells.get(keyOf(event))!.work)}\n`,
          );
          break;
        case "reading":
          if (now() - lastReadingMs < READING_MS) break;
          lastReadingMs = now();
          write(`${readingLine(event, tally.startedMs, now())}\n`);
          break;
        case "cache-damaged":
          write(damagedLine(event));
          break;
        case "read":
          write(
            `read ${event.client}: ${event.rows.toLocaleString("en-US")} rows (${event.done} of ${event.total})\n`,
          );
          break;
        case "plan":
          write(
            `${event.clients.length} clients, ${event.cells.length} trainings, ${event.threads} threads\n`,
          );
          break;
        case "round": {
          const perClient = event.lines.flatMap(({ values }) =>
            Object.entries(values)
              .filter(([key]) => key.startsWith("valid/"))
              .map(([key, value]) => `${key.slice("valid/".length)} ${value.toFixed(4)}`),
          );
          if (event.lines[0]?.stage === "train")
            write(
              `[${headline(tally, now()).trim()}] ${event.method} seed ${event.seed} round ${Math.min(event.round + 1, event.rounds)}/${event.rounds}  ${tally.selectBy}: ${perClient.join(", ")}\n`,
            );
          break;
        }
        case "cell-end":
          write(
            `${event.method} seed ${event.seed}: done after ${event.rounds} rounds, ${duration(event.seconds)}\n`,
          );
          break;
        case "splitting":
        case "cell-start":
        case "reply":
        case "checkpoint":
        case "statistics":
          break;
      }
    },
    close: () => {},
  };
}

const FRAME_MS = 100;

/** A block of lines that is redrawn in place, at most ten times a second. */
export function liveProgress(
  write: (text: string) => void,
  now: () => number,
  columns: () => number,
): Progress {
  const tally = newTally(now());
  let drawn = 0;
  let lastMs = 0;
  let reading = "";
  const clear = () => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[0J`);
  const cut = (line: string) => [...line].slice(0, columns() - 1).join("");
  const draw = () => {
    const lines =
      tally.total === 0
        ? [reading]
        : [
            headline(tally, now()),
            ...[...tally.active].map((key) => {
              const { label, round, rounds, note, work } = tally.cells.get(key)!;
              const done = Math.min(round, rounds);
              const bar = "#".repeat(Math.round((20 * done) / rounds)).padEnd(20, ".");
              return `  ${bar} ${label}  round ${done}/${rounds}  ${[note, workText(work)].filter((part) => part !== "").join("  ")}`;
            }),
          ];
    const [first = "", ...rest] = lines.map(cut);
    write(
      `${clear()}${[styleText("bold", first, { stream: process.stdout }), ...rest].join("\n")}\n`,
    );
    drawn = lines.length;
  };
  return {
    show: (event) => {
      follow(tally, event);
      if (event.kind === "reading") reading = readingLine(event, tally.startedMs, now());
      if (event.kind === "cache-damaged") {
        write(`${clear()}${damagedLine(event)}`);
        drawn = 0;
      }
      if (event.kind === "splitting") reading = splittingLine(event);
      if (event.kind === "read") reading = `read ${event.client} (${event.done} of ${event.total})`;
      // Splitting occupies this thread: what is not drawn before it is not drawn for long.
      if (event.kind !== "splitting" && now() - lastMs < FRAME_MS) return;
      lastMs = now();
      draw();
    },
    close: () => {
      if (drawn > 0) write(clear());
      drawn = 0;
    },
  };
}
