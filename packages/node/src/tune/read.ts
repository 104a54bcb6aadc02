import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import {
  ExperimentError,
  loadNamed,
  parseStrictYaml,
  shown,
  type PathIssue,
  type StrictYaml,
} from "../experiment/index.ts";
import { recordsOf, type ExtensionRecord } from "../extensions/index.ts";
import { tuneConfig, type ParameterConfig, type TuneConfig } from "./config.ts";

/** The text of a tune file and of its experiment: all that a resumed tune needs of the two. */
export interface TuneSource {
  readonly text: string;
  /** Names the tune file in messages. */
  readonly file: string;
  readonly experimentText: string;
  readonly experimentFile: string;
  /** Where the experiment lay: its data files are named from there. */
  readonly experimentDirectory: string;
  /** The code of the modules that the experiment names, loaded; absent where it names none. */
  readonly extensions?: readonly ExtensionRecord[];
}

/** Reads a tune file and the experiment it names. */
export async function readTune(path: string): Promise<TuneSource> {
  const file = basename(path);
  const text = await readText(path, { at: path, path: "", way: "name a tune file" });
  const { config, positionOf } = parseTune(text, file);
  const experimentPath = resolve(dirname(path), config.experiment);
  const experimentText = await readText(experimentPath, {
    at: positionOf({ path: ["experiment"], message: "" }),
    path: "experiment",
    way: "name the experiment relative to the tune file",
  });
  const experimentFile = basename(experimentPath);
  const experimentDirectory = dirname(experimentPath);
  const extensions = await loadNamed({
    text: experimentText,
    file: experimentFile,
    directory: experimentDirectory,
  });
  return {
    text,
    file,
    experimentText,
    experimentFile,
    experimentDirectory,
    ...(extensions.length > 0 && { extensions: recordsOf(extensions) }),
  };
}

async function readText(
  file: string,
  { at, path, way }: { readonly at: string; readonly path: string; readonly way: string },
): Promise<string> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const message = error.code === "ENOENT" ? `there is no file ${file}; ${way}` : error.message;
    throw new ExperimentError([{ at, path, message }]);
  });
}

/** Checks a tune file by itself; everything that is wrong with it is reported at once. */
export const parseTune = (text: string, file: string): StrictYaml<TuneConfig> =>
  parseStrictYaml(text, file, tuneConfig, checkTune);

/** Settings that decide what a value means: trials that differ in one could not be compared. */
const FIXED = [
  "split",
  "evaluation",
  "seeds",
  "negatives.evaluation",
  "data.kind",
  "data.clients",
  "data.markets",
  "data.scenarios",
  "data.feedback",
  "data.duplicates",
  "data.columns.label",
  "data.columns.labels",
  "training.selectBy",
];

function checkTune({ space, strategy }: TuneConfig): PathIssue[] {
  const names = Object.keys(space);
  const issues: PathIssue[] = [];
  if (names.length === 0)
    issues.push({
      path: ["space"],
      message:
        "{} names no setting; give at least one, such as training.optimiser.learningRate: { low: 0.0001, high: 0.01, scale: log }",
    });
  for (const [name, parameter] of Object.entries(space)) {
    const path = ["space", name];
    const fixed = FIXED.find((own) => isWithin(name, own) || isWithin(own, name));
    if (fixed !== undefined)
      issues.push({
        path,
        message: `${fixed} decides which rows or numbers are compared, so trials may not differ in it; set it in the experiment`,
        atKey: true,
      });
    if (strategy.kind === "successive-halving" && isWithin("federation.rounds", name))
      issues.push({
        path,
        message:
          "successive-halving sets federation.rounds itself; remove it from the space, and give strategy.minimumRounds and maximumRounds",
        atKey: true,
      });
    const wider = names.find((other) => other !== name && isWithin(name, other));
    if (wider !== undefined)
      issues.push({
        path,
        message: `${wider} is in the space as well and holds this setting; remove one of them`,
        atKey: true,
      });
    issues.push(...checkParameter(parameter, strategy.kind === "grid", path));
  }
  if (
    strategy.kind === "successive-halving" &&
    strategy.maximumRounds !== undefined &&
    strategy.maximumRounds < strategy.minimumRounds
  )
    issues.push({
      path: ["strategy", "maximumRounds"],
      message: `${strategy.maximumRounds} is less than minimumRounds, ${strategy.minimumRounds}; give at least as many`,
    });
  return issues;
}

function checkParameter(
  parameter: ParameterConfig,
  isGrid: boolean,
  path: readonly string[],
): PathIssue[] {
  if ("values" in parameter) {
    const texts = parameter.values.map((value) => JSON.stringify(value));
    return texts.flatMap((text, i) =>
      texts.indexOf(text) < i
        ? [
            {
              path: [...path, "values", i],
              message: `${shown(parameter.values[i])} is given twice; values must differ`,
            },
          ]
        : [],
    );
  }
  const { low, high, scale, integer, steps } = parameter;
  const issues: PathIssue[] = [];
  if (!(low < high))
    issues.push({
      path: [...path, "high"],
      message: `${high} is not above low, ${low}; give a larger one, or one entry in values`,
    });
  if (scale === "log" && low <= 0)
    issues.push({
      path: [...path, "low"],
      message: `${low} has no logarithm; give more than 0, or scale: linear`,
    });
  if (integer)
    for (const end of ["low", "high"] as const)
      if (!Number.isInteger(parameter[end]))
        issues.push({
          path: [...path, end],
          message: `${parameter[end]} is not a whole number, but integer is true; give one`,
        });
  if (isGrid && steps === undefined)
    issues.push({
      path: [...path],
      message:
        "is a range, and a grid needs to know how many values to take of it; add steps, or list them in values",
      atKey: true,
    });
  if (!isGrid && steps !== undefined)
    issues.push({
      path: [...path, "steps"],
      message: `${steps} steps are for strategy grid only; remove it`,
    });
  return issues;
}

/** Whether a path is another one or leads through it. */
function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}
