import { format } from "oxfmt";
import type { Result } from "@atoll/node/results";
import type { Run } from "./plan-run.ts";
import type { RunRecord } from "./records.ts";

/** As in .oxfmtrc.json. */
const PRINT_WIDTH = 100;

/** One page of docs/results, and the runs that it stands on. */
export interface Page {
  /** `docs/results/<name>.md`. */
  readonly name: string;
  /** In the order in which they run: what most depends on, first. */
  readonly runs: readonly Run[];
  /** Runs of other pages that it reads as well; their names here are `<page>/<run>`. */
  readonly borrows?: readonly Borrowed[];
  /** Runs without which there is no page; default: all. */
  readonly needed?: readonly string[];
  /** The page and its pictures, by file name: of finished runs and nothing else. */
  readonly files: (finished: Finished) => Readonly<Record<string, string>>;
}

export interface Borrowed {
  readonly page: Page;
  readonly run: string;
}

/** What is there of a page's runs. */
export interface Finished {
  readonly names: ReadonlySet<string>;
  /** Throws where the run is not finished. */
  readonly resultOf: (name: string) => Result;
  readonly measuredOf: (name: string) => unknown;
  /** Where the runs ran. */
  readonly machine: string;
  /** The day on which the last of them ended. */
  readonly date: string;
}

export function finishedOf(page: string, records: ReadonlyMap<string, RunRecord>): Finished {
  const recordOf = (name: string): RunRecord => {
    const record = records.get(name);
    if (record === undefined) throw new Error(`the page ${page} needs the run ${name}`);
    return record;
  };
  const all = [...records.values()];
  return {
    names: new Set(records.keys()),
    resultOf: (name) => recordOf(name).result,
    measuredOf: (name) => recordOf(name).measured,
    machine: [...new Set(all.map(({ machine }) => machine))].toSorted().join("; "),
    date: all.map(({ finished }) => finished).reduce((last, day) => (day > last ? day : last), ""),
  };
}

/** Runs that a page cannot do without and that are not there. */
export function missingOf(
  { runs, borrows = [], needed }: Page,
  names: ReadonlySet<string>,
): readonly string[] {
  const all = [
    ...runs.map(({ name }) => name),
    ...borrows.map(({ page, run }) => `${page.name}/${run}`),
  ];
  return (needed ?? all).filter((name) => !names.has(name));
}

/** The page's files as they are kept, laid out as all other files of the repository are. */
export async function filesOf(
  page: Page,
  finished: Finished,
): Promise<readonly (readonly [name: string, text: string])[]> {
  const entries = Object.entries(page.files(finished));
  return Promise.all(
    entries.map(async ([name, text]) => {
      if (!name.endsWith(".md")) return [name, text] as const;
      const { code, errors } = await format(name, text, { printWidth: PRINT_WIDTH });
      if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
      return [name, code] as const;
    }),
  );
}
