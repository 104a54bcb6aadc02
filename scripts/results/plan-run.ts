import { dirname, join, resolve } from "node:path";
import { readExperiment, type Experiment } from "@atoll/node/experiment";
import { plain, type Settings } from "./settings.ts";

/** One experiment behind a page: a file of examples, and what is set otherwise. */
export interface Run {
  readonly name: string;
  /** Path in examples, without its ending. */
  readonly example: string;
  /** By path: `federation.federatedEmbeddings`. */
  readonly settings?: (base: Experiment) => Settings;
  /** What the page tells of a finished run beyond its result, as JSON. */
  readonly measure?: (run: Measured) => Promise<unknown>;
}

export interface Planned {
  readonly experiment: Experiment;
  /** What its paths are relative to. */
  readonly directory: string;
}

/** A finished run, to be measured. */
export interface Measured extends Planned {
  /** Of the run. */
  readonly runDirectory: string;
  readonly say: (line: string) => void;
}

/** The experiment of a run, checked as one that is read from a file; it is named after its page and itself. */
export async function planRun(
  { name, example, settings = () => ({}) }: Run,
  { examples, page }: { readonly examples: string; readonly page: string },
): Promise<Planned> {
  const path = resolve(join(examples, `${example}.yaml`));
  const base = await readExperiment(path);
  const changed: Settings = { name: `${page}-${name}`, ...settings(base) };
  const overrides = Object.entries(changed).map(([key, value]) => ({
    path: key.split("."),
    value: plain(value),
    text: `${name}: ${key}`,
  }));
  return { experiment: await readExperiment(path, overrides), directory: dirname(path) };
}
