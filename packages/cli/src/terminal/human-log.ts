import type { Log, LogLevel } from "@atoll/network/operations";
import { scrub } from "@atoll/network/operations";

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface HumanLogOptions {
  readonly write: (text: string) => void;
  readonly level: LogLevel;
  readonly now: () => Date;
  /** Whether somebody else says this event in better words. */
  readonly isToldElsewhere: (event: string) => boolean;
}

/** A log for people: a time and a few words a line. Secrets are left out, as in the other log. */
export function humanLog(options: HumanLogOptions): Log {
  const at =
    (level: LogLevel) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (RANK[level] < RANK[options.level] || options.isToldElsewhere(event)) return;
      const told = Object.entries(scrub(fields) as Record<string, unknown>)
        .filter(([name, value]) => value !== undefined && name !== "kind")
        .map(
          ([name, value]) =>
            `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
        );
      const mark = RANK[level] >= RANK.warn ? `${level}: ` : "";
      options.write(`${clock(options.now())}  ${mark}${[event, ...told].join(", ")}\n`);
    };
  const log: Log = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => log,
  };
  return log;
}

/** The time of the day where the reader is. */
export function clock(now: Date): string {
  return [now.getHours(), now.getMinutes(), now.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
