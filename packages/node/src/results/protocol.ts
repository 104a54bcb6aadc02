import type { SplitClient } from "@atoll/core/data";
import type { Experiment } from "../experiment/index.ts";

/** What was done, in plain words: no number of a result means anything without these. */
export function describeProtocol(
  experiment: Experiment,
  { metrics, selectBy }: { readonly metrics: readonly string[]; readonly selectBy: string },
  splits: readonly SplitClient[],
): { topic: string; text: string }[] {
  const { data, split, training, federation, evaluation, seeds } = experiment;
  const implicit = data.kind === "files" && data.feedback === "implicit";
  const entries: [string, string][] = [
    ["Data", dataText(experiment)],
    ["Split", splitText(split)],
  ];
  if (implicit) {
    const { ratio, exclude } = experiment.negatives?.training ?? { ratio: 4, exclude: "train" };
    const count = experiment.negatives?.evaluation.count ?? 99;
    entries.push([
      "Training negatives",
      `${ratio} per positive, fresh each pass, uniform over the client's items; ` +
        (exclude === "all"
          ? "never an item of the user, held-out ones included (a mild leak, kept for comparison with published rows)"
          : "never a training item of the user; held-out items may be drawn, so nothing about them leaks"),
    ]);
    entries.push([
      "Test candidates",
      `${count} per test row beside its one positive, uniform over the client's items minus all of the user's, drawn once per seed and the same for every method`,
    ]);
    entries.push(["Ties", tiesText(evaluation.ties)]);
  }
  entries.push(
    [
      "Selection",
      training.select === "last"
        ? "the last round is scored"
        : `each client's best round by ${selectBy} on its own validation rows; training stops after ${training.patience} rounds without a better value (alone: client by client; federated: when all clients have stopped)`,
    ],
    [
      "Passes",
      `at most ${federation.rounds} rounds of ${federation.localEpochs} pass(es); local-only and centralised training make the same number`,
    ],
    [
      "What is shared",
      `dense parameters${federation.shared.length > 0 ? ` and the embedding rows of ${federation.shared.join(", ")}` : ""}; all other embedding tables stay with their client`,
    ],
    [
      "Vocabulary",
      "values seen in training rows only; unseen ones share one out-of-vocabulary row; numbers are standardised on training rows",
    ],
    ["Test rows", `scored once, after training, by ${metrics.join(", ")}`],
    [
      "Intervals",
      `95%: bootstrap over users (${evaluation.bootstrap} samples, influence functions)${seeds.length > 1 ? "; seeds enter by their standard error with Student's t (Welch-Satterthwaite)" : ""}; differences to local-only are paired by user and seed, Holm-corrected over clients, macro mean and methods`,
    ],
    ["Seeds", seeds.join(", ")],
  );
  const notes = splits.flatMap(({ client, notes: own }) =>
    own.map((text): [string, string] => [`Client ${client}`, text]),
  );
  return [...entries, ...notes].map(([topic, text]) => ({ topic, text }));
}

function dataText({ data }: Experiment): string {
  if (data.kind === "synthetic")
    return `a synthetic world of ${Object.keys(data.markets).length} markets with disjoint users and items; ${Math.round(100 * data.sharedTaste)}% of the taste's variance is common to all`;
  const label =
    data.columns.label === undefined
      ? "every row is a positive"
      : typeof data.columns.label === "string"
        ? `label ${data.columns.label}`
        : `positive where ${data.columns.label.column} is at least ${data.columns.label.atLeast}`;
  return `${Object.keys(data.clients).length} clients, ${data.feedback} feedback, ${label}`;
}

function splitText(split: Experiment["split"]): string {
  switch (split.kind) {
    case "leave-one-out":
      return `leave one out by time: each user's last row is test, the one before validation (users with at least ${split.minimumRows} rows; rows of one instant in file order)`;
    case "time":
      return `global time cuts: the last ${100 * split.test}% of rows are test, the ${100 * split.valid}% before validation`;
    case "random":
      return `random rows: ${100 * split.test}% test, ${100 * split.valid}% validation, drawn anew for each seed`;
  }
}

function tiesText(ties: Experiment["evaluation"]["ties"]): string {
  switch (ties) {
    case "pessimistic":
      return "a candidate with the positive's score ranks before it";
    case "expected":
      return "equal scores count with the mean over random order";
    case "optimistic":
      return "a candidate with the positive's score ranks after it";
  }
}
