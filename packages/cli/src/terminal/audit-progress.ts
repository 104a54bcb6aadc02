import type { Attack, AuditEvent, Purpose } from "@atoll/node/audit";
import { duration } from "./units.ts";
import type { Shown } from "./progress-for.ts";

const attackNames: Readonly<Record<Attack, string>> = {
  threshold: "thresholds of the loss",
  items: "one update of each client",
};

const purposeNames: Readonly<Record<Purpose, string>> = {
  shadow: "shadow model",
  canaries: "training among canaries",
};

/** What is known of the audit's own trainings: what the time goes with. */
interface Tally {
  startedMs: number;
  done: number;
  total: number;
}

function trainedLine(
  { purpose, method }: Extract<AuditEvent, { kind: "trained" }>,
  { startedMs, done, total }: Tally,
  nowMs: number,
): string {
  const seconds = (nowMs - startedMs) / 1000;
  const left = done === total ? "" : `, ${duration(((total - done) * seconds) / done)} left`;
  return `[${done}/${total} trainings, ${duration(seconds)}${left}] ${method}: ${purposeNames[purpose]}`;
}

/** The line that an event is worth; undefined where it is worth none. */
function lineOf(tally: Tally, event: AuditEvent, nowMs: number): string | undefined {
  switch (event.kind) {
    case "audit-plan":
      Object.assign(tally, { startedMs: nowMs, total: event.trainings });
      return `${event.methods.length} method${event.methods.length === 1 ? "" : "s"} (${event.methods.join(", ")}), ${event.trainings} trainings, ${event.threads} thread${event.threads === 1 ? "" : "s"}`;
    case "trained":
      tally.done = event.done;
      return trainedLine(event, tally, nowMs);
    case "attack":
      return `${event.method}: ${attackNames[event.attack]}`;
    case "splitting":
      return `splitting ${event.client} (${event.done + 1} of ${event.total})`;
    case "read":
      return `read ${event.client}: ${event.rows.toLocaleString("en-US")} rows (${event.done} of ${event.total})`;
    case "cache-damaged":
      return `${event.client}: its table in the cache was damaged (${event.damage}) and was built again`;
    case "reading":
      return undefined;
  }
}

/** One line for each thing that was done: for files, pipes and CI logs. */
export function plainAuditProgress(
  write: (text: string) => void,
  now: () => number,
): Shown<AuditEvent> {
  const tally: Tally = { startedMs: now(), done: 0, total: 0 };
  return {
    show: (event) => {
      const line = lineOf(tally, event, now());
      if (line !== undefined) write(`${line}\n`);
    },
    close: () => {},
  };
}

/** One line that is redrawn in place. */
export function liveAuditProgress(
  write: (text: string) => void,
  now: () => number,
  columns: () => number,
): Shown<AuditEvent> {
  const tally: Tally = { startedMs: now(), done: 0, total: 0 };
  const clear = "\r\u001b[2K";
  return {
    show: (event) => {
      const line = lineOf(tally, event, now());
      if (line !== undefined) write(`${clear}${[...line].slice(0, columns() - 1).join("")}`);
    },
    close: () => write(clear),
  };
}
