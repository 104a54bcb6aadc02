import { createLog, LOG_LEVELS, type Log, type LogLevel } from "@atoll/network/operations";
import type { AtollContext } from "../context.ts";
import { clock, humanLog } from "../terminal/human-log.ts";
import { deploymentText } from "./deployment-text.ts";
import type { Ending } from "./stoppable.ts";

/** A line of a terminal. */
interface Line {
  readonly level: LogLevel;
  readonly text: string;
}

/** How a process that goes on says what it does: lines for people on a terminal, JSON lines elsewhere. */
export interface ProcessLog<Event> {
  readonly log: Log;
  readonly show: (event: Event) => void;
  /** Words that a terminal shows and a log does not need. */
  readonly greet: (text: string) => void;
  readonly say: (ending: Ending) => void;
}

export function processLog<Event>(
  { process, now }: AtollContext,
  options: {
    readonly level: LogLevel;
    readonly lineOf: (event: Event) => Line | undefined;
    /** Names of log events that tell the same as events. */
    readonly isToldByLines: (event: string) => boolean;
    /** What goes into a log of JSON of an event; undefined where it is there already. */
    readonly toLog: ((log: Log, event: Event, level: LogLevel) => void) | undefined;
  },
): ProcessLog<Event> {
  const { level, lineOf, isToldByLines, toLog } = options;
  const write = (text: string) => process.stderr.write(text);
  const rank = (of: LogLevel) => LOG_LEVELS.indexOf(of);
  if (process.stderr.isTTY === true)
    return {
      log: humanLog({ write, level, now, isToldElsewhere: isToldByLines }),
      show: (event) => {
        const line = lineOf(event);
        if (line !== undefined && rank(line.level) >= rank(level))
          write(`${clock(now())}  ${line.text}\n`);
      },
      greet: (text) => write(`${text}\n\n`),
      say: (ending) => write(`\n${deploymentText[ending]}\n`),
    };
  const log = createLog({ write, level, now: () => now().getTime() });
  return {
    log,
    show: (event) => toLog?.(log, event, lineOf(event)?.level ?? "debug"),
    greet: () => {},
    say: (ending) => log.info(`process.${ending}`),
  };
}
