import { ExperimentError } from "./issue.ts";
import { parseExperiment, parseOverride } from "./read.ts";

/** A short experiment: everything else has a default. */
export const minimal = `data:
  kind: files
  feedback: implicit
  columns: { user: who, item: what, time: when }
  clients:
    de: { path: de.csv }
    fr: { path: fr.csv }
split: { kind: leave-one-out }
methods: [popularity, local, fedavg]
`;

/** Everything that is wrong with a text, as a user reads it. */
export function problems(text: string, ...overrides: string[]): string {
  try {
    parseExperiment(text, "my.yaml", overrides.map(parseOverride));
  } catch (error) {
    if (error instanceof ExperimentError) return `\n${error.message}\n`;
    throw error;
  }
  return "no problem";
}

/** The same of the short experiment with a piece of it replaced. */
export const edited = (from: string, to: string) => problems(minimal.replace(from, to));
