import { clientsOfWorld, declaredFeatures } from "@atoll/core/data";
import { AtollError, nearest } from "@atoll/core/errors";
import { resolveMethod } from "@atoll/core/methods";
import { parseMetric } from "@atoll/core/metrics";
import { sourceProblem } from "../sources/index.ts";
import { augmentationChecks } from "./augmentation-checks.ts";
import { commonOf, feedbackOf, rolesOf } from "./client-columns.ts";
import { fedcctrChecks } from "./fedcctr-checks.ts";
import { fedmmChecks } from "./fedmm-checks.ts";
import { pfChecks } from "./pf-checks.ts";
import { learningChecks } from "./learning-checks.ts";
import { metricsOf } from "./metrics-of.ts";
import { privacyChecks } from "./privacy-checks.ts";
import type { Experiment } from "./schema.ts";
import { sequenceChecks } from "./sequence-checks.ts";
import { shown, type Path, type PathIssue } from "./zod-issues.ts";

/** What no single block can see: whether the blocks fit one another. */
export function crossChecks(experiment: Experiment): PathIssue[] {
  const issues = [
    ...checkClients(experiment),
    ...checkSources(experiment),
    ...checkFeedback(experiment),
    ...checkShared(experiment),
    ...checkMetrics(experiment),
    ...checkMethods(experiment),
    ...checkAgainst(experiment),
    ...checkSeeds(experiment),
    ...augmentationChecks(experiment),
    ...fedcctrChecks(experiment),
    ...fedmmChecks(experiment),
    ...pfChecks(experiment),
    ...sequenceChecks(experiment),
  ];
  // What else could be said rests on roles; where one is missing, that is said first.
  return issues.some(({ path }) => path[0] === "data")
    ? issues
    : [...issues, ...learningChecks(experiment), ...privacyChecks(experiment)];
}

function clientNames({ data }: Experiment): string[] {
  return data.kind === "files" ? Object.keys(data.clients) : [...clientsOfWorld(data)];
}

/** The setting that names the clients. */
const PLACE_OF_CLIENTS = {
  files: "clients",
  synthetic: "markets",
  scenarios: "scenarios",
  "cross-domain": "domains",
};

function checkClients(experiment: Experiment): PathIssue[] {
  const names = clientNames(experiment);
  const at: Path = ["data", PLACE_OF_CLIENTS[experiment.data.kind]];
  if (names.length === 0) return [{ path: at, message: "{} names no client; give at least one" }];
  const issues: PathIssue[] = [];
  if (names.includes("macro"))
    issues.push({
      path: [...at, "macro"],
      message: '"macro" names the mean over clients in results; give the client another name',
      atKey: true,
    });
  const { clientsPerRound } = experiment.federation;
  if (clientsPerRound !== "all" && clientsPerRound > names.length)
    issues.push({
      path: ["federation", "clientsPerRound"],
      message: `${clientsPerRound} is more than the ${names.length} clients there are; give a smaller number, or all`,
    });
  return issues;
}

function checkSources({ data }: Experiment): PathIssue[] {
  if (data.kind !== "files") return [];
  return Object.entries(data.clients).flatMap(([client, source]) => {
    const message = sourceProblem(source);
    return message === undefined ? [] : [{ path: ["data", "clients", client], message }];
  });
}

function checkFeedback({ data, negatives }: Experiment): PathIssue[] {
  const issues: PathIssue[] = [];
  const explicit = feedbackOf({ data }) === "explicit";
  if (explicit && negatives !== undefined)
    issues.push({
      path: ["negatives"],
      message: `is given, but feedback is explicit: rows carry their labels; remove it, or set data.feedback to implicit`,
    });
  if (data.kind !== "files") return issues;
  if (explicit && data.columns.label === undefined && data.columns.labels === undefined)
    issues.push({
      path: ["data", "columns", "label"],
      message:
        "is missing, but feedback is explicit; name the label column, or set data.feedback to implicit",
    });
  if (!explicit)
    for (const role of ["user", "item"] as const)
      if (data.columns[role] === undefined)
        issues.push({
          path: ["data", "columns", role],
          message: `is missing, but implicit feedback needs it; name the column of the ${role} id`,
        });
  return issues;
}

function featureNames(experiment: Experiment): string[] {
  return declaredFeatures(rolesOf(experiment)).categorical.map(({ name }) => name);
}

function checkShared(experiment: Experiment): PathIssue[] {
  const { data, federation } = experiment;
  const features = featureNames(experiment);
  const common = commonOf(experiment);
  const unknown = (name: string, path: Path): PathIssue => {
    const meant = nearest(name, features);
    return {
      path,
      message: `${shown(name)} is no categorical feature${meant ? `; did you mean "${meant}"?` : `; there are: ${features.join(", ")}`}`,
    };
  };
  const declared = declaredFeatures(rolesOf(experiment)).categorical;
  const rule = (name: string) => declared.find((feature) => feature.name === name)?.rule;
  const reads = (name: string) => {
    const found = rule(name);
    return found?.kind === "list" ? found.like : undefined;
  };
  const issues: PathIssue[] = [];
  if (federation.federatedEmbeddings === "count-weighted" && federation.shared.length === 0)
    issues.push({
      path: ["federation", "federatedEmbeddings"],
      message:
        "count-weighted joins embedding rows of shared features, but federation.shared names none; list them there, or set it to all, or choose off",
    });
  if (data.kind === "files")
    data.common.forEach((name, i) => {
      if (!features.includes(name)) issues.push(unknown(name, ["data", "common", i]));
    });
  federation.shared.forEach((name, i) => {
    const path = ["federation", "shared", i];
    if (!features.includes(name)) issues.push(unknown(name, path));
    else if (reads(name) !== undefined)
      issues.push({
        path,
        message: `${shown(name)} reads the rows of ${reads(name)} and has none of its own; share ${reads(name)}`,
      });
    else if (rule(name)?.kind === "quantiles")
      issues.push({
        path,
        message: `${shown(name)} is put into buckets of each client's own rows, so that bucket 3 means other numbers elsewhere; do not share it`,
      });
    else if (!common.includes(name))
      issues.push({
        path,
        message: `${shown(name)} is shared, but its values are not said to mean the same everywhere; list it in data.common, or do not share it`,
      });
  });
  return issues;
}

function checkMetrics(experiment: Experiment): PathIssue[] {
  const { evaluation, training, methods } = experiment;
  const feedback = feedbackOf(experiment);
  const names = metricsOf(experiment);
  const check = (name: string, path: Path): PathIssue[] => {
    try {
      const { definition } = parseMetric(name);
      if (definition.needs === "lists" && feedback === "explicit")
        return [
          {
            path,
            message: `${shown(name)} ranks sampled candidates, but feedback is explicit; use a metric of labels, such as auc`,
          },
        ];
      return [];
    } catch (error) {
      if (error instanceof AtollError) return [{ path, message: error.message }];
      throw error;
    }
  };
  const issues = names.flatMap((name, i) => check(name, ["evaluation", "metrics", i]));
  const { headline } = evaluation;
  if (headline !== undefined && !names.includes(headline))
    issues.push({
      path: ["evaluation", "headline"],
      message: `${shown(headline)} is not measured; choose one of ${names.join(", ")}, or add it to evaluation.metrics`,
    });
  if (training.selectBy !== undefined)
    issues.push(...check(training.selectBy, ["training", "selectBy"]));
  methods.forEach((entry, i) => {
    const own =
      typeof entry === "string"
        ? undefined
        : (entry as { training?: { selectBy?: string } }).training?.selectBy;
    if (own !== undefined) issues.push(...check(own, ["methods", i, "training", "selectBy"]));
  });
  return issues;
}

function checkMethods({ data, methods, model }: Experiment): PathIssue[] {
  const issues: PathIssue[] = [];
  const names: string[] = [];
  methods.map(resolveMethod).forEach((entry, i) => {
    const { kind, name, startFrom } = entry;
    if (names.includes(name))
      issues.push({
        path: ["methods", i],
        message: `the name ${shown(name)} is taken by an earlier method; give this one another name`,
      });
    startFrom.forEach((source, s) => {
      if (!names.includes(source))
        issues.push({
          path: ["methods", i, "startFrom", s],
          message: `${shown(source)} is no earlier method; ${names.length > 0 ? `choose among ${[...new Set(names)].join(", ")}` : "there is none before this one"}`,
        });
    });
    const own = entry.model ?? model;
    const normalises =
      ("batchNorm" in own && own.batchNorm) || ("partitionedNorm" in own && own.partitionedNorm);
    if (kind === "fedbn" && !normalises)
      issues.push({
        path: ["methods", i],
        message: `fedbn keeps normalisation layers local, but model ${own.kind} has none; set ${"batchNorm" in own ? "model.batchNorm: true" : "a model with batchNorm, such as deepfm"}, or remove fedbn`,
      });
    if (kind === "best-possible" && data.kind === "files")
      issues.push({
        path: ["methods", i],
        message:
          "best-possible needs true click probabilities, which only synthetic data have; remove it",
      });
    names.push(name);
  });
  return issues;
}

function checkAgainst({ evaluation, methods }: Experiment): PathIssue[] {
  const names = methods.map((entry) => resolveMethod(entry).name);
  return evaluation.against.flatMap((name, i) => {
    const meant = nearest(name, names);
    return names.includes(name)
      ? []
      : [
          {
            path: ["evaluation", "against", i],
            message: `${shown(name)} is no method${meant ? `; did you mean "${meant}"?` : `; there are: ${names.join(", ")}`}`,
          },
        ];
  });
}

function checkSeeds({ seeds }: Experiment): PathIssue[] {
  return seeds.flatMap((seed, i) =>
    seeds.indexOf(seed) < i
      ? [{ path: ["seeds", i], message: `${seed} is given twice; seeds must differ` }]
      : [],
  );
}
