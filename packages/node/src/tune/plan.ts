import { nearest } from "@atoll/core/errors";
import { resolveMethod } from "@atoll/core/methods";
import { parseMetric } from "@atoll/core/metrics";
import {
  ExperimentError,
  parseExperiment,
  shown,
  type Experiment,
  type ExperimentIssue,
  type Override,
} from "../experiment/index.ts";
import { planOf } from "../runs/index.ts";
import { applySetting } from "./apply.ts";
import type { TuneConfig } from "./config.ts";
import { rungsOf, type Rung } from "./halving.ts";
import type { Parameter } from "./parameter.ts";
import { parseTune, type TuneSource } from "./read.ts";
import { settingsOf, type Setting } from "./space.ts";

/** A tune, checked: every experiment that its first rung runs is valid. */
export interface TunePlan {
  readonly config: TuneConfig;
  readonly source: TuneSource;
  readonly base: Experiment;
  readonly parameters: readonly Parameter[];
  readonly settings: readonly Setting[];
  /** experiments[i] has settings[i] filled in. */
  readonly experiments: readonly Experiment[];
  readonly rungs: readonly Rung[];
  readonly objective: string;
  readonly higherIsBetter: boolean;
  readonly selectBy: string;
  readonly seeds: readonly number[];
}

/** Works a tune out; every setting that the experiment's schema refuses is reported, all at once. */
export function planTune(source: TuneSource): TunePlan {
  const { config, positionOf } = parseTune(source.text, source.file);
  const base = parsed(source, source.experimentText);
  const at = (...path: readonly (string | number)[]) => positionOf({ path, message: "" });

  const names = base.methods.map((entry) => resolveMethod(entry).name);
  const planned = planOf(base).methods.find(({ entry }) => entry.name === config.method);
  if (!names.includes(config.method) || planned === undefined) {
    const meant = nearest(config.method, names);
    throw new ExperimentError([
      {
        at: at("method"),
        path: "method",
        message: `the experiment has no method ${shown(config.method)}; ${meant ? `did you mean "${meant}"?` : `there are: ${names.join(", ")}`}`,
      },
    ]);
  }
  const objective = config.objective ?? planned.settings.selectBy;
  checkObjective(source, objective, at("objective"));

  const parameters = Object.entries(config.space).map(([name, own]): Parameter => ({
    name,
    path: pathOf(name, names),
    config: own,
  }));
  const settings = settingsOf(parameters, config.strategy);
  const experiments = checkedExperiments(source, base, { parameters, settings, at });
  return {
    config,
    source,
    base,
    parameters,
    settings,
    experiments,
    rungs: rungsFor(config, settings.length, base.federation.rounds),
    objective,
    higherIsBetter: parseMetric(objective).definition.higherIsBetter,
    selectBy: planOf(base).selectBy,
    seeds: config.seeds ?? base.seeds,
  };
}

function rungsFor({ strategy }: TuneConfig, numSettings: number, rounds: number): Rung[] {
  switch (strategy.kind) {
    case "grid":
    case "random":
      return [{ trials: numSettings, rounds }];
    case "successive-halving":
      return rungsOf({
        trials: numSettings,
        eta: strategy.eta,
        minimumRounds: strategy.minimumRounds,
        maximumRounds: strategy.maximumRounds ?? rounds,
      });
  }
}

/** `methods.fedprox.mu` as `methods.1.mu`: entries are found by place or by name. */
function pathOf(name: string, methods: readonly string[]): readonly (string | number)[] {
  const keys = name.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const place = keys[0] === "methods" ? methods.indexOf(String(keys[1])) : -1;
  return place < 0 ? keys : ["methods", place, ...keys.slice(2)];
}

function checkObjective(source: TuneSource, objective: string, at: string): void {
  try {
    parsed(source, source.experimentText, [
      { path: ["evaluation", "metrics"], value: [objective], text: "objective" },
      { path: ["evaluation", "headline"], value: objective, text: "objective" },
    ]);
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    throw new ExperimentError(
      error.issues.map((issue) =>
        issue.at === "objective" ? { ...issue, at, path: "objective" } : issue,
      ),
    );
  }
}

function checkedExperiments(
  source: TuneSource,
  base: Experiment,
  {
    parameters,
    settings,
    at,
  }: {
    readonly parameters: readonly Parameter[];
    readonly settings: readonly Setting[];
    readonly at: (...path: readonly (string | number)[]) => string;
  },
): Experiment[] {
  const issues = new Map<string, ExperimentIssue>();
  const report = (issue: ExperimentIssue) =>
    issues.set(`${issue.at} ${issue.path} ${issue.message}`, issue);
  const experiments = settings.flatMap((setting) => {
    const { document, problems } = applySetting(
      { text: source.experimentText, experiment: base },
      parameters,
      setting,
    );
    for (const { parameter, message } of problems)
      report({ at: at("space", parameter.name), path: parameter.name, message });
    const unplaced = problems.map(({ parameter }) => parameter);
    const placed = parameters.filter((parameter) => !unplaced.includes(parameter));
    const overrides = placed.map(({ name, path }) => ({
      path,
      value: setting[name],
      text: name,
    }));
    try {
      return [parsed(source, String(document), overrides)];
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      for (const issue of error.issues) {
        // What does not lie at a parameter itself comes of the whole setting.
        const isOwn = Object.hasOwn(setting, issue.at);
        report({
          at: isOwn ? at("space", issue.at) : at("space"),
          path: issue.path,
          message: isOwn ? issue.message : `${issue.message} (with ${settingText(setting)})`,
        });
      }
      return [];
    }
  });
  if (issues.size > 0) throw new ExperimentError([...issues.values()]);
  return experiments;
}

/** The experiment, or another text of it, where it lay. */
function parsed(
  { experimentFile, experimentDirectory: directory }: TuneSource,
  text: string,
  overrides: readonly Override[] = [],
): Experiment {
  return parseExperiment(text, experimentFile, overrides, { directory });
}

/** `model.width = 8, training.batchSize = 64`. */
export function settingText(setting: Setting): string {
  return Object.entries(setting)
    .map(([name, value]) => `${name} = ${shown(value)}`)
    .join(", ");
}
