import {
  columnProblems,
  declaredSchema,
  diskProblems,
  HISTORY,
  tasksOfColumns,
  type ColumnsConfig,
  type SplitRules,
} from "@atoll/core/data";
import { AtollError, nearest } from "@atoll/core/errors";
import { methodOf, resolveMethod, trainsModel, type MethodEntry } from "@atoll/core/methods";
import { parseMetric } from "@atoll/core/metrics";
import type { Model } from "@atoll/core/models";
import { trainingConfig } from "@atoll/core/training";
import { columnsOfClients, feedbackOf, rolesOf } from "./client-columns.ts";
import { learnedTask, modelOf } from "./learned-task.ts";
import { metricsOf } from "./metrics-of.ts";
import { checkParts } from "./part-checks.ts";
import type { Experiment } from "./schema.ts";
import { checkStart } from "./start-checks.ts";
import { shown, type Path, type PathIssue } from "./zod-issues.ts";

/** Whether roles, labels, models, losses and metrics fit one another: all that is known without a row. */
export function learningChecks(experiment: Experiment): PathIssue[] {
  const columns = checkColumns(experiment);
  return [
    ...columns,
    ...checkTasks(experiment),
    ...checkMetricTasks(experiment),
    // What is wrong with roles would be told again for every model.
    ...(columns.length > 0 ? [] : [...checkEqualFeatures(experiment), ...checkModels(experiment)]),
  ];
}

/** Conflicts between roles, and roles that the split or the feedback needs, client by client. */
function checkColumns(experiment: Experiment): PathIssue[] {
  const { data, split, negatives } = experiment;
  return distinct(
    columnsOfClients(experiment).flatMap(({ client, path, columns }) => {
      const rules: SplitRules = {
        client,
        columns,
        feedback: feedbackOf(experiment),
        ...(data.kind === "files" && data.duplicates && { duplicates: data.duplicates }),
        split,
        ...(negatives && { negatives }),
      };
      const onDisk = data.kind === "files" && data.storage === "disk" ? diskProblems(rules) : [];
      return [...columnProblems(rules), ...onDisk].map(({ message }) => ({
        path,
        message: message.replace(/^client "[^"]*": /, ""),
      }));
    }),
  );
}

function noTask(path: Path, task: string, tasks: readonly string[]): PathIssue {
  const meant = nearest(task, tasks);
  return {
    path,
    message: `there is no label ${shown(task)}${meant ? `; did you mean "${meant}"?` : ""}; data.columns has ${tasks.join(", ")}`,
  };
}

/** Where a method's training settings are read from: its own block first. */
function settingPath(i: number, entry: MethodEntry, ...keys: string[]): Path {
  const own = entry.training?.[keys[0]!] !== undefined;
  return own ? ["methods", i, "training", ...keys] : ["training", ...keys];
}

function checkTasks(experiment: Experiment): PathIssue[] {
  const tasks = tasksOfColumns(rolesOf(experiment));
  return distinct(
    experiment.methods.map(resolveMethod).flatMap((entry, i) => {
      const { task, taskWeights } = trainingOf(experiment, entry);
      return [
        ...(task !== undefined && !tasks.includes(task)
          ? [noTask(settingPath(i, entry, "task"), task, tasks)]
          : []),
        ...Object.keys(taskWeights)
          .filter((name) => !tasks.includes(name))
          .map((name) => ({
            ...noTask(settingPath(i, entry, "taskWeights", name), name, tasks),
            atKey: true,
          })),
      ];
    }),
  );
}

function trainingOf(experiment: Experiment, entry: MethodEntry) {
  return trainingConfig.parse({ ...experiment.training, ...entry.training });
}

function checkMetricTasks({ data, evaluation, training, methods: given }: Experiment): PathIssue[] {
  const tasks = tasksOfColumns(rolesOf({ data }));
  const check = (name: string, path: Path): PathIssue[] => {
    const task = taskOf(name);
    return task === undefined || tasks.includes(task) ? [] : [noTask(path, task, tasks)];
  };
  return [
    ...(evaluation.metrics ?? []).flatMap((name, i) => check(name, ["evaluation", "metrics", i])),
    ...(training.selectBy === undefined ? [] : check(training.selectBy, ["training", "selectBy"])),
    ...given.map(resolveMethod).flatMap((entry, i) => {
      const own = entry.training?.["selectBy"] as string | undefined;
      return own === undefined ? [] : check(own, ["methods", i, "training", "selectBy"]);
    }),
  ];
}

/** The label that a metric names; a metric that does not exist, which is told elsewhere, names none. */
function taskOf(metric: string): string | undefined {
  try {
    return parseMetric(metric).task;
  } catch (error) {
    if (error instanceof AtollError) return undefined;
    throw error;
  }
}

/**
 * Methods that join models of several clients need the same features of each, in the same order: the
 * weights of one client's third feature would meet those of another's. Those that join rows need the same.
 */
function checkEqualFeatures(experiment: Experiment): PathIssue[] {
  const clients = columnsOfClients(experiment);
  const entries = experiment.methods.map(resolveMethod);
  const training = entries.filter(({ kind }) => trainsModel(kind));
  const federated = training.find(({ kind }) => methodOf(kind).role === "federated");
  const joining = federated ?? training.find(({ kind }) => methodOf(kind).parties === "pooled");
  if (joining === undefined || clients.every(({ own }) => !own)) return [];
  const usual = federated ? rolesOf(experiment) : clients[0]!.columns;
  const keyOf = (columns: ColumnsConfig) => {
    const features = featuresOf(columns);
    return (federated ? features : features.toSorted()).join(", ");
  };
  return clients
    .filter(({ own, columns }) => own && keyOf(columns) !== keyOf(usual))
    .map(({ path, columns }) => ({
      path,
      message: `makes the features ${featuresOf(columns).join(", ")}; ${federated ? "data.columns" : `client ${shown(clients[0]!.client)}`} makes ${featuresOf(usual).join(", ")}; method ${joining.name} joins what clients learn of each feature: give all the same${federated ? ", in the same order" : ""}, or remove ${joining.name}`,
    }));
}

/** Features and labels, in the order in which models see them. */
function featuresOf(columns: ColumnsConfig): string[] {
  const { categorical, numeric, tasks = [] } = declaredSchema(columns);
  const sizeOf = (word: string, size: number | undefined) => (size ? ` ${word} ${size}` : "");
  return [
    ...categorical.map(
      ({ name, of, length, numRows }) =>
        `${name} (${of})${sizeOf("of", length)}${sizeOf("in", numRows)}`,
    ),
    ...numeric.map(({ name }) => name),
    ...tasks.map((task) => `label ${task}`),
  ];
}

function checkModels(experiment: Experiment): PathIssue[] {
  const clients = columnsOfClients(experiment);
  const different = clients.filter(({ own }, c) => own || clients.findIndex((k) => !k.own) === c);
  return distinct(
    experiment.methods.map(resolveMethod).flatMap((entry, i) =>
      different.flatMap(({ path, columns, own }): PathIssue[] => {
        const at: Path = own
          ? path
          : entry.model === undefined
            ? ["model"]
            : ["methods", i, "model"];
        try {
          const model = modelOf(entry, experiment, columns);
          return [
            ...(model === undefined ? [] : checkLoss(experiment, entry, i, model, columns)),
            ...checkSelection(experiment, entry, i, columns),
            ...checkStart(experiment, entry, i, model),
            ...(model === undefined ? [] : checkParts(entry, i, model)),
          ];
        } catch (error) {
          if (error instanceof AtollError) return [{ path: at, message: error.message }];
          throw error;
        }
      }),
    ),
  );
}

/** Losses that compare items need items to compare with. */
function checkLoss(
  experiment: Experiment,
  entry: MethodEntry,
  i: number,
  model: Model,
  { history }: ColumnsConfig,
): PathIssue[] {
  const { kind } = trainingOf(experiment, entry).loss;
  if (kind === "bce" || kind === "focal") return [];
  const { data } = experiment;
  const implicit = data.kind === "files" && data.feedback === "implicit";
  const path = settingPath(i, entry, "loss");
  if (kind === "full-softmax") {
    const sequences = model.sequence?.history === HISTORY && history !== undefined;
    return implicit && sequences
      ? []
      : [
          {
            path,
            message: `full-softmax predicts a sequence's next item, but ${sequences ? "feedback is explicit" : `model ${model.kind} learns from rows here`}; choose ${implicit ? "sampled-softmax or bpr" : "bce or focal"}, or take sasrec, gru4rec or bert4rec on implicit feedback with data.columns.history`,
          },
        ];
  }
  return implicit
    ? []
    : [
        {
          path,
          message: `${kind} compares positives with their sampled negatives, but feedback is explicit: rows carry their labels; choose bce or focal${data.kind === "files" ? ", or set data.feedback to implicit" : ""}`,
        },
      ];
}

/** Whether a method chooses one of its states by validation rows. */
function selects(kind: string): boolean {
  return trainsModel(kind) || kind === "mf-bpr" || kind === "lightgcn";
}

/** A method that learns one of several labels is measured, and selected, on that one. */
function checkSelection(
  experiment: Experiment,
  entry: MethodEntry,
  i: number,
  columns: ColumnsConfig,
): PathIssue[] {
  const learned = learnedTask(entry, experiment, columns);
  if (learned === undefined) return [];
  const tasks = tasksOfColumns(columns);
  if (!tasks.includes(learned)) return [];
  const { selectBy } = trainingOf(experiment, entry);
  const selected = selectBy === undefined ? undefined : taskOf(selectBy);
  const metrics = metricsOf(experiment);
  const issues: PathIssue[] = [];
  if (
    selects(entry.kind) &&
    selected !== undefined &&
    tasks.includes(selected) &&
    selected !== learned
  )
    issues.push({
      path: settingPath(i, entry, "selectBy"),
      message: `${shown(selectBy)} is of the label ${selected}, but what is trained learns ${learned} alone; name a metric of ${learned}, set training.task to ${selected}, or take a model of several tasks, such as mmoe`,
    });
  metrics.forEach((name, m) => {
    if (learned !== tasks[0] && taskOf(name) === undefined)
      issues.push({
        path: ["evaluation", "metrics", m],
        message: `${shown(name)} is of the first label, ${tasks[0]}, but not every method learns it: ${learned} is what training.task says; write ${name}:${tasks[0]} or ${name}:${learned}`,
      });
  });
  return issues;
}

/** Each issue once. */
function distinct(issues: readonly PathIssue[]): PathIssue[] {
  const keyOf = ({ path, message }: PathIssue) => JSON.stringify([path, message]);
  return [...new Map(issues.map((issue) => [keyOf(issue), issue])).values()];
}
