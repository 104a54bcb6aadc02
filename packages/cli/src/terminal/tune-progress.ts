import { parseMetric } from "@atoll/core/metrics";
import { settingText, valueOf, type Trial, type TuneEvent } from "@atoll/node/tune";
import { askingLine, askingSince, augmentedLine, type AskingSince } from "./augmentation-lines.ts";
import { duration } from "./units.ts";

/** Shows a tune's events as they come; `close` leaves the screen tidy. */
export interface TuneProgress {
  readonly show: (event: TuneEvent) => void;
  readonly close: () => void;
}

/** What is known of the whole tune. */
interface Tally {
  readonly startedMs: number;
  metric: string;
  higherIsBetter: boolean;
  trials: number;
  totalTrials: number;
  /** Rounds at most, of all trials: what the time goes with. */
  rounds: number;
  totalRounds: number;
  ownRounds: number;
  best: Trial | undefined;
}

function newTally(nowMs: number): Tally {
  return {
    startedMs: nowMs,
    metric: "",
    higherIsBetter: true,
    trials: 0,
    totalTrials: 0,
    rounds: 0,
    totalRounds: 0,
    ownRounds: 0,
    best: undefined,
  };
}

function follow(tally: Tally, event: TuneEvent): void {
  switch (event.kind) {
    case "tune-plan":
      tally.metric = parseMetric(event.metric).label;
      tally.higherIsBetter = event.higherIsBetter;
      tally.totalTrials = event.rungs.reduce((sum, { trials }) => sum + trials, 0);
      tally.totalRounds = event.rungs.reduce((sum, { trials, rounds }) => sum + trials * rounds, 0);
      for (const trial of event.finished) count(tally, trial);
      break;
    case "trial-end":
      count(tally, event.trial);
      tally.ownRounds += event.trial.rounds;
      break;
    case "trial-start":
    case "trial-run":
    case "final-start":
    case "final-run":
      break;
  }
}

function count(tally: Tally, trial: Trial): void {
  tally.trials += 1;
  tally.rounds += trial.rounds;
  const value = valueOf(trial);
  const best = tally.best && valueOf(tally.best);
  if (value === undefined) return;
  if (best === undefined || (tally.higherIsBetter ? value > best : value < best))
    tally.best = trial;
}

function headline(tally: Tally, nowMs: number): string {
  const seconds = (nowMs - tally.startedMs) / 1000;
  const left = Math.max(0, tally.totalRounds - tally.rounds);
  const time =
    tally.ownRounds === 0 ? "" : `  ${duration((left * seconds) / tally.ownRounds)} left`;
  return `${tally.trials}/${tally.totalTrials} trials  ${duration(seconds)}${time}`;
}

function bestText({ best, metric }: Tally): string {
  const value = best && valueOf(best);
  return best === undefined || value === undefined
    ? ""
    : `best ${metric} ${value.toFixed(4)}, setting ${best.setting}: ${settingText(best.values)}`;
}

function outcomeText({ outcome }: Trial, metric: string): string {
  return outcome.kind === "measured"
    ? `${metric} ${outcome.value.toFixed(4)}`
    : `failed: ${outcome.message}`;
}

/** One line per finished trial: for files, pipes and CI logs. */
export function plainTuneProgress(write: (text: string) => void, now: () => number): TuneProgress {
  const tally = newTally(now());
  return {
    show: (event) => {
      follow(tally, event);
      switch (event.kind) {
        case "tune-plan":
          write(
            `${tally.totalTrials} trials of ${event.method}${tally.trials > 0 ? `, ${tally.trials} done before` : ""}\n`,
          );
          break;
        case "trial-end": {
          const { trial } = event;
          const best = tally.best && valueOf(tally.best);
          write(
            `[${headline(tally, now())}] setting ${trial.setting}, ${trial.rounds} rounds (${settingText(trial.values)}): ${outcomeText(trial, tally.metric)}${best === undefined ? "" : `, best ${best.toFixed(4)}`}\n`,
          );
          break;
        }
        case "final-start":
          write("final run of the best setting, on the test rows\n");
          break;
        case "trial-run":
        case "final-run":
          if (event.event.kind === "augmented") write(`${augmentedLine(event.event)}\n`);
          break;
        case "trial-start":
          break;
      }
    },
    close: () => {},
  };
}

const FRAME_MS = 100;

/** Three lines that are redrawn in place, at most ten times a second. */
export function liveTuneProgress(
  write: (text: string) => void,
  now: () => number,
  columns: () => number,
): TuneProgress {
  const tally = newTally(now());
  let drawn = 0;
  let lastMs = 0;
  let current = "";
  let asking: AskingSince | undefined;
  const clear = () => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[0J`);
  const cut = (line: string) => [...line].slice(0, columns() - 1).join("");
  return {
    show: (event) => {
      follow(tally, event);
      if (event.kind === "trial-start")
        current = `setting ${event.setting}, ${event.rounds} rounds: ${settingText(event.values)}`;
      if (event.kind === "final-start") current = "final run of the best setting, on the test rows";
      if ("event" in event && event.event.kind === "augmenting") {
        asking = askingSince(asking, event.event, now());
        current = askingLine(event.event, asking, now());
      }
      if (now() - lastMs < FRAME_MS) return;
      lastMs = now();
      const lines = [headline(tally, now()), bestText(tally), current].map(cut);
      write(`${clear()}${lines.join("\n")}\n`);
      drawn = lines.length;
    },
    close: () => {
      write(clear());
      drawn = 0;
    },
  };
}
