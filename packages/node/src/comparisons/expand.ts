import { nearest } from "@atoll/core/errors";
import { methodKinds, resolveMethod } from "@atoll/core/methods";
import {
  ExperimentError,
  parseExperiment,
  shown,
  type Experiment,
  type ExperimentIssue,
} from "../experiment/index.ts";
import { fileNameOf } from "../runs/index.ts";
import type { Setting } from "../tune/index.ts";
import { combinations, keysOf, nameWith, valueText, type GridSetting } from "./setting.ts";
import { isOfMethods, variantsOf, type MethodOrigin } from "./variants.ts";
import { withSetting, type Written } from "./written.ts";

/** An experiment as a person wrote it, before the comparison's own settings. */
export interface Source {
  /** As messages name it. */
  readonly file: string;
  /** Where relative paths in it start. */
  readonly directory: string;
  readonly written: Written;
}

/** A run of a comparison: an experiment whose methods have their variants. */
export interface ExpandedRun {
  readonly name: string;
  readonly source: string;
  readonly directory: string;
  /** What makes it another run than others of its file. */
  readonly settings: Setting;
  readonly experiment: Experiment;
  readonly methods: Readonly<Record<string, MethodOrigin>>;
}

export interface ExpandOptions {
  readonly grid: readonly GridSetting[];
  /** Instead of the experiment's. */
  readonly seeds?: readonly number[] | undefined;
  /** Of the experiment, by name, or others by kind; default: all of the experiment. */
  readonly methods?: readonly string[] | undefined;
}

/** What no comparison can vary, and what to do instead. */
const FIXED: Readonly<Record<string, string>> = {
  seeds: "seeds make cells of every run; give them with --seed",
  name: "a name changes no number; give experiments with different names",
  description: "a description changes no number; leave it to the experiment",
};

/** Names of cells are names of folders, which file systems keep below 255 bytes. */
const LONGEST_NAME = 200;

/**
 * The runs that an experiment comes to: one for each combination of settings that change rows or what is measured,
 * with all variants of methods inside. Every run is checked; all that is wrong is thrown at once.
 */
export function expand(source: Source, options: ExpandOptions): ExpandedRun[] {
  const issues: ExperimentIssue[] = [];
  const at = (names: readonly string[]) =>
    names
      .map(
        (name) =>
          `--set ${name}=${options.grid
            .find((own) => own.name === name)!
            .values.map(valueText)
            .join(",")}`,
      )
      .join(" ");
  for (const { name } of options.grid) {
    const fixed = FIXED[String(keysOf(name)[0])];
    if (fixed !== undefined) issues.push({ at: at([name]), path: "", message: fixed });
  }
  const start = chosen(source, options, issues);
  if (issues.length > 0) throw new ExperimentError(issues);
  const base = parsed(start, source);
  const runs = combinations(options.grid.filter(({ name }) => !isOfMethods(name))).flatMap(
    (settings): ExpandedRun[] => {
      let written: Written = start;
      for (const [name, value] of Object.entries(settings)) {
        const changed = withSetting(written, keysOf(name), { value, resolved: base });
        if (changed !== undefined) written = changed.block as Written;
        else
          issues.push({
            at: at([name]),
            path: "",
            message: "a value that holds no settings is in its way; name a setting that there is",
          });
      }
      const name = nameWith(base.name, settings);
      written = { ...written, name };
      const names = Object.keys(settings);
      const own = reporting(
        issues,
        (issue) => ({ ...issue, at: names.length === 0 ? source.file : at(names) }),
        () => parsed(written, source),
      );
      if (own === undefined) return [];
      const grid = options.grid.filter((setting) => isOfMethods(setting.name));
      const { methods, origins, against, problems } = variantsOf(written, own, grid);
      for (const problem of problems)
        issues.push({ at: at([problem.name]), path: "", message: problem.message });
      for (const method of origins.keys())
        if (fileNameOf(method).length > LONGEST_NAME)
          issues.push({
            at: at(grid.map((setting) => setting.name)),
            path: "",
            message: `"${method}" is too long for a folder's name; vary fewer settings at once, or shorter values`,
          });
      if (problems.length > 0) return [];
      const all: Written = {
        ...written,
        methods,
        ...(against.length > 0 && {
          evaluation: { ...(written["evaluation"] as Written), against },
        }),
      };
      const list = [...origins.values()];
      const experiment = reporting(
        issues,
        ({ path, message }) => {
          const [, index, ...rest] = path.split(".");
          const origin = path.startsWith("methods.") ? list[Number(index)] : undefined;
          if (origin === undefined) return { at: source.file, path, message };
          const own = Object.keys(origin.settings);
          return {
            at: own.length === 0 ? source.file : at(own),
            path: [origin.base, ...rest].join("."),
            message:
              own.length === 0 ? message : `${message} (${nameWith(origin.base, origin.settings)})`,
          };
        },
        () => parsed(all, source),
      );
      if (experiment === undefined) return [];
      return [
        {
          name,
          source: source.file,
          directory: source.directory,
          settings,
          experiment,
          methods: Object.fromEntries(origins),
        },
      ];
    },
  );
  if (issues.length > 0) throw new ExperimentError(unique(issues));
  return runs;
}

/** The experiment with the seeds and methods that were asked for. */
function chosen(
  source: Source,
  { seeds, methods }: ExpandOptions,
  issues: ExperimentIssue[],
): Written {
  const { written } = source;
  const known = (written["methods"] as Experiment["methods"]).map((entry) => ({
    entry,
    name: resolveMethod(entry).name,
  }));
  const entries = methods?.flatMap((name): unknown[] => {
    const found = known.find((own) => own.name === name)?.entry;
    if (found !== undefined) return [found];
    const kinds = methodKinds();
    if (kinds.includes(name)) return [name];
    const meant = nearest(name, [...known.map((own) => own.name), ...kinds]);
    issues.push({
      at: "--methods",
      path: "",
      message: `${shown(name)} is neither a method of ${source.file} (${known.map((own) => own.name).join(", ")}) nor a kind of method${meant ? `; did you mean "${meant}"?` : ""}`,
    });
    return [];
  });
  return {
    ...written,
    ...(seeds && { seeds }),
    ...(entries && { methods: entries }),
  };
}

/** JSON is YAML. */
function parsed(written: Written, { file, directory }: Source): Experiment {
  return parseExperiment(JSON.stringify(written), file, [], { directory });
}

/** What a part gives; what is wrong with it is kept, with a place that its reader knows. */
function reporting<T>(
  issues: ExperimentIssue[],
  place: (issue: ExperimentIssue) => ExperimentIssue,
  part: () => T,
): T | undefined {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    issues.push(...error.issues.map(place));
    return undefined;
  }
}

function unique(issues: readonly ExperimentIssue[]): ExperimentIssue[] {
  return [...new Map(issues.map((issue) => [JSON.stringify(issue), issue])).values()];
}
