import type { RunEvent } from "@atoll/node/runs";
import { styleText } from "node:util";
import {
  askingLine,
  askingSince,
  augmentedLine,
  planningLine,
  type AskingSince,
} from "./augmentation-lines.ts";
import {
  follow,
  headline,
  keyOf,
  newTally,
  placeOf,
  roundsOf,
  workText,
  type CellTally,
} from "./tally.ts";
import { tellingLine } from "./telling-line.ts";
import { duration } from "./units.ts";

/** Shows events as they come; `close` leaves the screen tidy. */
export interface Progress {
  readonly show: (event: RunEvent) => void;
  readonly close: () => void;
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
  let asking: AskingSince | undefined;
  return {
    show: (event) => {
      follow(tally, event, now());
      if (event.kind === "cell-end" || event.kind === "plan") lastLineMs = now();
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
        case "augmentation-planning":
          if (now() - lastLineMs < WORK_MS) break;
          lastLineMs = now();
          write(`${planningLine(event)}\n`);
          break;
        case "augmenting":
          asking = askingSince(asking, event, now());
          if (now() - lastLineMs < WORK_MS) break;
          lastLineMs = now();
          write(`${askingLine(event, asking, now())}\n`);
          break;
        case "augmented":
          write(`${augmentedLine(event)}\n`);
          break;
        case "cache-damaged":
          write(damagedLine(event));
          break;
        case "telling":
          write(tellingLine(event));
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
          // Rounds of training are what a log is for; other stages say now and then how far they are.
          if (event.stage !== "train" && now() - lastLineMs < WORK_MS) break;
          lastLineMs = now();
          const perClient = event.lines.flatMap(({ values }) =>
            Object.entries(values)
              .filter(([key]) => key.startsWith("valid/"))
              .map(([key, value]) => `${key.slice("valid/".length)} ${value.toFixed(4)}`),
          );
          const cell = tally.cells.get(keyOf(event))!;
          const valid =
            perClient.length === 0 ? "" : `  ${tally.selectBy}: ${perClient.join(", ")}`;
          write(
            `[${headline(tally, now()).trim()}] ${event.method} seed ${event.seed} ${placeOf(cell)}${valid}\n`,
          );
          break;
        }
        case "cell-end":
          write(
            `${event.method} seed ${event.seed}: done after ${event.rounds} rounds, ${duration(event.seconds)}\n`,
          );
          break;
        case "splitting":
        case "augmentation-leaves":
        case "cell-start":
        // The command ends with its message.
        case "cell-failed":
        case "reply":
        case "checkpoint":
        case "statistics":
          break;
      }
    },
    close: () => {},
  };
}

export function barOf(done: number, most: number): string {
  return "#".repeat(Math.round((20 * done) / Math.max(1, most))).padEnd(20, ".");
}

/** How far a training is, what it said last, and what it is at. */
export function cellLine(cell: CellTally): string {
  const { done, most } = roundsOf(cell.stages);
  return [`  ${barOf(done, most)} ${cell.label}`, placeOf(cell), cell.note, workText(cell.work)]
    .filter((part) => part !== "")
    .join("  ");
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
  /** What goes on before the first cell starts. */
  let preparing: string | undefined;
  let asking: AskingSince | undefined;
  const clear = () => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[0J`);
  const cut = (line: string) => [...line].slice(0, columns() - 1).join("");
  const draw = () => {
    const lines =
      tally.cells.size === 0 || preparing !== undefined
        ? [preparing ?? reading]
        : [
            headline(tally, now()),
            ...[...tally.active].map((key) => cellLine(tally.cells.get(key)!)),
          ];
    const [first = "", ...rest] = lines.map(cut);
    write(
      `${clear()}${[styleText("bold", first, { stream: process.stdout }), ...rest].join("\n")}\n`,
    );
    drawn = lines.length;
  };
  return {
    show: (event) => {
      follow(tally, event, now());
      if (event.kind === "reading") reading = readingLine(event, tally.startedMs, now());
      if (event.kind === "cache-damaged") {
        write(`${clear()}${damagedLine(event)}`);
        drawn = 0;
      }
      if (event.kind === "telling") {
        write(`${clear()}${tellingLine(event)}`);
        drawn = 0;
      }
      if (event.kind === "splitting") reading = splittingLine(event);
      if (event.kind === "augmentation-planning") preparing = planningLine(event);
      if (event.kind === "augmenting") {
        asking = askingSince(asking, event, now());
        preparing = `${barOf(event.done, event.total)} ${askingLine(event, asking, now())}`;
      }
      if (event.kind === "augmented" || event.kind === "cell-start") preparing = undefined;
      if (event.kind === "augmented") {
        write(`${clear()}${augmentedLine(event)}\n`);
        drawn = 0;
      }
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
