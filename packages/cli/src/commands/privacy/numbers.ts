import { UsageError } from "../usage-error.ts";

interface Range {
  readonly says: string;
  readonly holds: (value: number) => boolean;
}

const wholeNumber: Range = {
  says: "a whole number of at least 1",
  holds: (value) => Number.isSafeInteger(value) && value >= 1,
};
const probability: Range = {
  says: "a number above 0, at most 1",
  holds: (value) => value > 0 && value <= 1,
};
const above0: Range = {
  says: "a number above 0",
  holds: (value) => value > 0 && Number.isFinite(value),
};

/** What the numbers of these commands may be. */
const ranges = {
  samplingRate: probability,
  noiseMultiplier: {
    says: "a number of at least 0",
    holds: (value) => value >= 0 && Number.isFinite(value),
  },
  steps: wholeNumber,
  rounds: wholeNumber,
  delta: { says: "a number between 0 and 1", holds: (value) => value > 0 && value < 1 },
  epsilon: above0,
  cap: above0,
  decay: probability,
  leastNoise: above0,
} satisfies Readonly<Record<string, Range>>;

export type NumberName = keyof typeof ranges;

/** Collects everything that is wrong with a command line, to say it at once. */
export interface Checks {
  /** NaN where the text is no such number. */
  readonly number: (text: string, name: NumberName, where: string) => number;
  readonly problem: (text: string) => void;
  /** Throws a UsageError with all problems, if there were any. */
  readonly done: () => void;
}

export function createChecks(): Checks {
  const problems: string[] = [];
  return {
    number: (text, name, where) => {
      const { says, holds } = ranges[name];
      const value = text.trim() === "" ? NaN : Number(text);
      if (holds(value)) return value;
      problems.push(`${where}: "${text}" is not ${says}`);
      return NaN;
    },
    problem: (text) => void problems.push(text),
    done: () => {
      if (problems.length > 0) throw new UsageError(problems.join("\n"));
    },
  };
}
