import { isDeepStrictEqual } from "node:util";
import { resolveMethod } from "@atoll/core/methods";
import { ExperimentError, parseExperiment, type Experiment } from "../experiment/index.ts";
import { fileNameOf, planOf } from "../runs/index.ts";
import { expand, type ExpandedRun, type ExpandOptions, type Source } from "./expand.ts";
import { joinSettings, type GridSetting } from "./setting.ts";

/** A method that was given up in a run. */
export interface FailedMethod {
  readonly seed: number;
  readonly code: string;
  readonly message: string;
}

/** A run of a comparison, where it lies and what it is to have. */
export interface PlannedRun extends ExpandedRun {
  /** Its folder within the comparison's. */
  readonly folder: string;
  /** Methods that cannot be trained, such as those whose loss is no number, by name. */
  readonly failed: Readonly<Record<string, FailedMethod>>;
}

/** What a comparison is to hold: `comparison-plan.json`. */
export interface ComparisonPlan {
  readonly schema: "atoll/comparison-plan/v1";
  readonly sources: readonly Source[];
  readonly settings: readonly GridSetting[];
  readonly runs: readonly PlannedRun[];
}

export const NO_PLAN: ComparisonPlan = {
  schema: "atoll/comparison-plan/v1",
  sources: [],
  settings: [],
  runs: [],
};

export interface Additions extends ExpandOptions {
  /** Experiments to add; none: everything is added to those that are there. */
  readonly sources: readonly Source[];
}

/**
 * A plan with more in it. A run that differs in its methods and seeds alone has those added; any other is a run of
 * its own. What cannot be added is thrown at once. Cells that a run has already stay as they are.
 */
export function extendPlan(plan: ComparisonPlan, additions: Additions): ComparisonPlan {
  const grid = joinSettings(plan.settings, additions.grid);
  const sources = additions.sources.length > 0 ? additions.sources : plan.sources;
  const issues: ExperimentError["issues"][number][] = [];
  const expanded = sources.flatMap((source) => {
    try {
      return expand(source, { ...additions, grid });
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      issues.push(...error.issues);
      return [];
    }
  });
  const runs = [...plan.runs];
  for (const run of expanded) {
    const index = runs.findIndex((own) => isSameFrame(own, run));
    if (index < 0) {
      const name = freeName(run.name, runs);
      runs.push({
        ...run,
        name,
        experiment: { ...run.experiment, name },
        folder: folderOf(name, runs.length + 1),
        failed: {},
      });
      continue;
    }
    const { run: joined, problems } = joinRuns(runs[index]!, run);
    runs[index] = joined;
    for (const message of problems) issues.push({ at: run.source, path: "", message });
  }
  if (issues.length > 0) throw new ExperimentError(issues);
  return {
    schema: plan.schema,
    sources: [...plan.sources, ...additions.sources].filter(
      (own, i, all) => all.findIndex((other) => isDeepStrictEqual(other, own)) === i,
    ),
    settings: grid,
    runs,
  };
}

/** All of a run but its methods, its seeds, and words that change no number. */
function frameOf({ directory, experiment, settings }: ExpandedRun) {
  const { methods: _, seeds: __, name: ___, description: ____, ...frame } = experiment;
  const { against: _____, ...evaluation } = experiment.evaluation;
  // Where the experiment of a made-up world lies changes nothing, but for modules that it names.
  const isAnywhere = experiment.data.kind !== "files" && (experiment.extensions ?? []).length === 0;
  const place = isAnywhere ? "" : directory;
  return { place, settings, ...frame, evaluation };
}

function isSameFrame(a: ExpandedRun, b: ExpandedRun): boolean {
  return isDeepStrictEqual(frameOf(a), frameOf(b)) && baseName(a) === baseName(b);
}

/** A name without the number that tells it from an equal one. */
function baseName({ name }: { readonly name: string }): string {
  return name.replace(/ \(\d+\)$/, "");
}

function freeName(name: string, runs: readonly PlannedRun[]): string {
  const taken = new Set(runs.map((own) => own.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  return free;
}

/** Short, the same for good, and safe in any file system. */
function folderOf(name: string, number: number): string {
  const short = name.replaceAll(/[^\w.-]+/g, "-").replaceAll(/^[-.]+|-+$/g, "");
  return fileNameOf(`${String(number).padStart(2, "0")}-${short.slice(0, 60)}`);
}

/** A run with the methods and seeds of another one beside its own. */
function joinRuns(
  run: PlannedRun,
  added: ExpandedRun,
): { readonly run: PlannedRun; readonly problems: readonly string[] } {
  const entryOf = (entry: Experiment["methods"][number]) => resolveMethod(entry);
  const known = run.experiment.methods.map(entryOf);
  const problems: string[] = [];
  const fresh = added.experiment.methods.filter((entry) => {
    const own = entryOf(entry);
    const same = known.find(({ name }) => name === own.name);
    if (same !== undefined && !isDeepStrictEqual(same, own))
      problems.push(
        `method ${own.name} has other settings than in the run "${run.name}": ${differences(same, own)}; give it another name, or start another comparison`,
      );
    return same === undefined && run.failed[own.name] === undefined;
  });
  const seeds = [...new Set([...run.experiment.seeds, ...added.experiment.seeds])];
  const { evaluation } = run.experiment;
  const joined: PlannedRun = {
    ...run,
    experiment: parseExperiment(
      JSON.stringify({
        ...run.experiment,
        methods: [...run.experiment.methods, ...fresh],
        seeds,
        evaluation: {
          ...evaluation,
          against: [...new Set([...evaluation.against, ...added.experiment.evaluation.against])],
        },
      }),
      added.source,
      [],
      { directory: run.directory },
    ),
    methods: { ...run.methods, ...added.methods },
  };
  problems.push(...changedSettings(run, joined));
  return { run: joined, problems };
}

/** Settings that a method is given by the others, such as the metric that selects, must not change. */
function changedSettings(before: PlannedRun, after: PlannedRun): string[] {
  const planned = planOf(after.experiment).methods;
  return planOf(before.experiment).methods.flatMap(({ entry, settings }) => {
    const now = planned.find((own) => own.entry.name === entry.name)!.settings;
    return isDeepStrictEqual(settings, now)
      ? []
      : [
          `with what is added, ${entry.name} would be trained otherwise: ${differences(settings, now)}; set it in the experiment and start another comparison`,
        ];
  });
}

/** `mu: 0.1, now 0.2`, by setting. */
function differences(before: object, after: object): string {
  const values = (of: object) => new Map(Object.entries(of));
  const [was, is] = [values(before), values(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => !isDeepStrictEqual(was.get(key), is.get(key)))
    .map((key) => `${key} was ${JSON.stringify(was.get(key))}, is ${JSON.stringify(is.get(key))}`)
    .join(", ");
}
