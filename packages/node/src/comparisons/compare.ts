import { inOwnFolder } from "../runs/index.ts";
import { comparisonOf } from "./build.ts";
import type { CompareOutcome } from "./events.ts";
import { executePlan, type CompareOptions } from "./execute.ts";
import { newComparisonFolder, oldComparisonFolder, type ComparisonFolder } from "./folder.ts";
import { extendPlan, NO_PLAN, type ComparisonPlan } from "./plan.ts";
import { parseSettings } from "./setting.ts";
import { readSources } from "./source.ts";

/** What is to be compared. */
export interface CompareRequest {
  /** Paths of experiment files. */
  readonly experiments: readonly string[];
  /** As `--set` gives them: one value overrides, several are a grid. */
  readonly settings?: readonly string[];
  /** Instead of the experiments' own. */
  readonly seeds?: readonly number[];
  /** By name in the experiments, or by kind; default: all of the experiments. */
  readonly methods?: readonly string[];
}

/** Compares experiments in a new folder. All of it is checked before the folder is made. */
export async function compare(
  request: CompareRequest,
  options: CompareOptions & { readonly directory: string },
): Promise<CompareOutcome> {
  const plan = await planWith(NO_PLAN, request);
  return inOwnFolder(options.directory, {
    open: () => newComparisonFolder(options.directory),
    work: async (folder) => {
      await folder.writePlan(plan);
      return carriedOut(folder, plan, options);
    },
  });
}

/** Continues the comparison in a folder: no finished cell is trained again. */
export async function resumeComparison(
  directory: string,
  options: CompareOptions,
): Promise<CompareOutcome> {
  return inOwnFolder(directory, {
    open: () => oldComparisonFolder(directory),
    work: ({ folder, plan }) => carriedOut(folder, plan, options),
  });
}

/** Adds experiments, methods, seeds or settings to the comparison in a folder, and runs what is new. */
export async function addToComparison(
  directory: string,
  request: CompareRequest,
  options: CompareOptions,
): Promise<CompareOutcome> {
  return inOwnFolder(directory, {
    open: () => oldComparisonFolder(directory),
    work: async ({ folder, plan: before }) => {
      const plan = await planWith(before, request);
      await folder.writePlan(plan);
      return carriedOut(folder, plan, options);
    },
  });
}

async function planWith(before: ComparisonPlan, request: CompareRequest): Promise<ComparisonPlan> {
  const { experiments, settings = [], seeds, methods } = request;
  const isAdding = experiments.length === 0;
  const { overrides, grid } = parseSettings(settings, {
    // What is added to experiments that are there stands beside what they have.
    several: (name) => isAdding || before.settings.some((own) => own.name === name),
  });
  const sources = await readSources(experiments, overrides);
  return extendPlan(before, { sources, grid, seeds, methods });
}

async function carriedOut(
  folder: ComparisonFolder,
  plan: ComparisonPlan,
  options: CompareOptions,
): Promise<CompareOutcome> {
  const executed = await executePlan(folder, plan, options);
  if (executed.kind === "stopped") return { ...executed, directory: folder.path };
  const comparison = comparisonOf(executed.plan, executed.results);
  await folder.writeJson("comparison.json", comparison);
  return {
    kind: "done",
    directory: folder.path,
    comparison,
    runs: executed.plan.runs.map(({ name, folder: own }, i) => ({
      name,
      directory: folder.run(own),
      result: executed.results[i]!,
    })),
  };
}
