import {
  evaluationSamplerOf,
  negativesConfig,
  trainingSamplerOf,
  type SplitClient,
} from "@atoll/core/data";
import { federationConfig } from "@atoll/core/federation";
import { methodOf, resolveMethod, roleOf } from "@atoll/core/methods";
import type { ExtensionRecord } from "../extensions/index.ts";
import { feedbackOf, type Experiment } from "../experiment/index.ts";
import { dataText } from "./data-text.ts";
import { sharedText } from "./shared-text.ts";

/** What was done, in plain words: no number of a result means anything without these. */
export function describeProtocol(
  experiment: Experiment,
  {
    metrics,
    selectBy,
    extensions = [],
  }: {
    readonly metrics: readonly string[];
    readonly selectBy: string;
    readonly extensions?: readonly ExtensionRecord[];
  },
  splits: readonly SplitClient[],
): { topic: string; text: string }[] {
  const { split, training, federation, evaluation, seeds } = experiment;
  const implicit = feedbackOf(experiment) === "implicit";
  const entries: [string, string][] = [
    ["Data", dataText(experiment)],
    ["Split", splitText(split)],
  ];
  if (implicit) {
    entries.push(...negativesTexts(experiment.negatives));
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
      `at most ${federation.rounds} rounds of ${federation.localEpochs} pass(es); local-only and centralised training make the same number${ownRounds(experiment)}`,
    ],
    ...sharedTexts(experiment),
    [
      "Vocabulary",
      "values seen in training rows only; unseen ones share one out-of-vocabulary row; numbers are standardised on training rows, unless their column says otherwise",
    ],
    evaluation.on === "validation"
      ? [
          "Measured rows",
          `the validation rows, after training, by ${metrics.join(", ")}; the test rows were set aside unread (evaluation.on), and since validation also chose the round, the values are optimistic`,
        ]
      : [
          "Test rows",
          `scored once, after training, by ${metrics.join(", ")}${evaluation.minPositives > 1 ? `; metrics of labels need ${evaluation.minPositives} positive and as many negative rows of a client` : ""}`,
        ],
    [
      "Intervals",
      `95%: ${intervalsText(experiment)}; differences to local-only are paired by user and seed, Holm-corrected over clients, macro mean and methods`,
    ],
    ["Seeds", seeds.join(", ")],
  );
  if (extensions.length > 0) entries.push(["Code beside the library's", codeText(extensions)]);
  const notes = splits.flatMap(({ client, notes: own }) =>
    own.map((text): [string, string] => [`Client ${client}`, text]),
  );
  return [...entries, ...notes].map(([topic, text]) => ({ topic, text }));
}

/** Which code, to the bit: numbers of others are not to be compared with these. */
function codeText(extensions: readonly ExtensionRecord[]): string {
  return extensions
    .map(({ module, files }) => {
      const hashes = Object.entries(files).map(([file, hash]) => `${file} ${hash.slice(0, 12)}`);
      return `${module} (SHA-256 ${hashes.join(", ")})`;
    })
    .join("; ");
}

/** Of methods that federate the experiment's model, and one by one of those that have a model of their own. */
function sharedTexts({ methods, federation }: Experiment): [string, string][] {
  const federated = methods.map(resolveMethod).filter((entry) => roleOf(entry) === "federated");
  const joint = federated.some(({ kind }) => methodOf(kind).trainsModel);
  return [
    ...(joint ? [["What is shared", sharedText(federation)] as [string, string]] : []),
    ...federated.flatMap((entry): [string, string][] => {
      const text = methodOf(entry.kind).travels?.(entry);
      return text === undefined ? [] : [[`What ${entry.name} shares`, text]];
    }),
  ];
}

/** Methods with rounds or passes of their own. */
function ownRounds({ methods, federation }: Experiment): string {
  return methods
    .map(resolveMethod)
    .flatMap(({ name, federation: own }) => {
      if (own === undefined) return [];
      const { rounds, localEpochs } = federationConfig.parse({ ...federation, ...own });
      return [`; ${name}: at most ${rounds} of ${localEpochs}`];
    })
    .join("");
}

function negativesTexts(given: Experiment["negatives"]): [string, string][] {
  const negatives = negativesConfig.parse(given ?? {});
  const { training, evaluation } = negatives;
  const drawn = trainingSamplerOf(negatives);
  const ranked = evaluationSamplerOf(negatives);
  const by = (sampler: typeof drawn | typeof ranked) => {
    switch (sampler.kind) {
      case "uniform":
        return "uniform over the client's items";
      case "popularity":
        return `from the client's items in proportion to their training rows${sampler.alpha === 1 ? "" : ` to the power ${sampler.alpha}`}`;
      case "in-batch":
        return "from the items of other training rows, each row alike, as items of a batch's other positives come";
      case "given":
        return sampler.column === undefined
          ? "from the user's own rows below the label's threshold"
          : `from the items that column "${sampler.column}" lists with the positive`;
    }
  };
  const minus = {
    all: "minus all of the user's",
    train: "minus the user's training items (other held-out ones may be among them)",
    none: "minus the positive alone (the user's history may be among them)",
  }[evaluation.exclude];
  return [
    [
      "Training negatives",
      `${training.ratio} per positive, fresh each pass, ${by(drawn)}; ` +
        (training.exclude === "all"
          ? "never an item of the user, held-out ones included (a mild leak, kept for comparison with published rows)"
          : "never a training item of the user; held-out items may be drawn, so nothing about them leaks"),
    ],
    [
      "Test candidates",
      evaluation.count === "all"
        ? `every item of the client ${minus}, beside the row's one positive (full ranking), the same for every method`
        : `${evaluation.count} per test row beside its one positive, ${by(ranked)} ${minus}, ${evaluation.distinct ? "" : "with replacement, "}drawn once per seed and the same for every method`,
    ],
  ];
}

function splitText(split: Experiment["split"]): string {
  const percent = (share: number) => `${Number((100 * share).toFixed(2))}%`;
  const balanced = (stratify: boolean | undefined) =>
    stratify ? ", each part with the same label rate" : "";
  const validation = (valid: number | "fold") =>
    valid === "fold" ? "the next one validation" : `${percent(valid)} of the others validation`;
  switch (split.kind) {
    case "leave-one-out":
      return `leave one out by time: each user's last row is test, the one before validation (users with at least ${split.minimumRows} rows; rows of one instant in file order)`;
    case "time":
      return `global time cuts: the last ${percent(split.test)} of rows are test, the ${percent(split.valid)} before validation`;
    case "random":
      return `random rows: ${percent(split.test)} test, ${percent(split.valid)} validation, drawn anew for each seed${balanced(split.stratify)}`;
    case "per-user-ratio":
      return `each user's rows ${split.order === "time" ? "by time: the last" : "in random order, drawn anew for each seed:"} ${percent(split.test)} test, ${split.order === "time" ? "the " : ""}${percent(split.valid)}${split.order === "time" ? " before" : ""} validation, at least one row each (users with at least ${split.minimumRows} rows)`;
    case "given":
      return `as the column ${split.column} says`;
    case "k-fold":
      return `${split.folds} folds of ${split.by === "user" ? "users with all of their rows" : "rows"}${balanced(split.stratify)}, one partition for all seeds: ${split.fold === "seed" ? "the fold of the seed" : `fold ${split.fold}`} is test, ${validation(split.valid)}`;
  }
}

function intervalsText({ split, seeds, evaluation }: Experiment): string {
  const users = `bootstrap over users (${evaluation.bootstrap} samples, influence functions)`;
  const numFolds =
    split.kind === "k-fold" && split.fold === "seed"
      ? new Set(seeds.map((seed) => seed % split.folds)).size
      : 1;
  if (numFolds > 1)
    return `corrected resampled t over ${numFolds} folds${seeds.length > numFolds ? ", the mean over a fold's seeds being its value" : ""} (Nadeau and Bengio 2003); beside it what test rows alone leave open, by ${users}`;
  return `${users}${seeds.length > 1 ? "; seeds enter by their standard error with Student's t (Welch-Satterthwaite)" : ""}`;
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
