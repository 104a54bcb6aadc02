import { type Logger, pino } from "pino";
import { scrub, scrubText } from "./scrub.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line is about. */
export interface LogBindings {
  readonly run?: string;
  /** As `method/seed`. */
  readonly cell?: string;
  readonly client?: string;
}

export type Write = (event: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * A log of events: each has a short name such as `round.closed`, and fields with units in their names. Keys, tokens,
 * invitations and passwords are left out wherever they stand.
 */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** The same log, with this in each of its lines. */
  readonly child: (bindings: LogBindings) => Log;
}

/** A log of JSON lines: level, time, what it is about, event, fields. */
export function createLog(options: {
  /** Takes a line with its line break. */
  readonly write: (line: string) => void;
  readonly level: LogLevel;
  /** Milliseconds since 1970; the clock of the machine where it is left out. */
  readonly now?: () => number;
}): Log {
  const { now = Date.now } = options;
  const logger = pino(
    {
      level: options.level,
      base: null,
      messageKey: "event",
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: options.write },
  );
  return logOf(logger);
}

/** A log that nobody reads. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};

function logOf(logger: Logger): Log {
  const at =
    (level: LogLevel): Write =>
    (event, fields = {}) => {
      if (logger.isLevelEnabled(level))
        logger[level](scrub(fields) as Record<string, unknown>, scrubText(event));
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (bindings) => logOf(logger.child(scrub(bindings) as Record<string, unknown>)),
  };
}
