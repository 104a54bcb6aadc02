import type { Leakage, PartLeakage, Telling } from "./leakage.ts";

/** Something about a split that can make its test numbers say too much, or too little. */
export interface Worry {
  readonly kind:
    | "telling"
    | "pairs"
    | "rows"
    | "own-future"
    | "never-drawn"
    | "label-rate"
    | "cold-users"
    | "cold-items";
  /** For one client, with its numbers. */
  readonly text: string;
}

/** What each kind is called where there is no room for a sentence. */
export const worryNames: Readonly<Record<Worry["kind"], string>> = {
  telling: "features that tell the label by themselves",
  pairs: "test pairs of user and item that training knows",
  rows: "test rows that training holds, feature by feature",
  "own-future": "training on what users did after their test rows",
  "never-drawn": "test items that training never draws as negatives",
  "label-rate": "label rates that differ between training and test",
  "cold-users": "mostly test rows of users without training rows",
  "cold-items": "mostly test rows of items without training rows",
};

/** Shares from which on a reader should know. */
const NOTABLE = 0.01;
const MANY = 0.05;
const MOST = 0.5;
/** Label rates differ where they are a tenth apart and chance does not explain it. */
const RATE_DIFFERENCE = 0.1;
const STANDARD_ERRORS = 4;

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** What is worrying about a client's test rows. */
export function worriesOf({ training, test, telling = [] }: Leakage): Worry[] {
  const worries: Worry[] = [];
  const add = (kind: Worry["kind"], text: string) => worries.push({ kind, text });
  const share = (rows: number | null | undefined) =>
    rows === null || rows === undefined || test.rows === 0 ? 0 : rows / test.rows;

  if (telling.length > 0) add("telling", tellingText(telling));
  if (share(test.pairsInTraining) >= MANY)
    add(
      "pairs",
      `${percent(share(test.pairsInTraining))} of the test rows repeat a (user, item) pair of training: a model that remembers pairs has seen answers like theirs`,
    );
  if (share(test.rowsInTraining) >= MANY)
    add(
      "rows",
      `${percent(share(test.rowsInTraining))} of the test rows equal a training row in all features: a model can know them by heart`,
    );
  const afterOwn = training.rows === 0 ? 0 : (test.trainingAfterOwn ?? 0) / training.rows;
  if (afterOwn >= NOTABLE)
    add(
      "own-future",
      `${percent(afterOwn)} of the training rows come after the first test row of their own user: training knows the future of the users it is tested on`,
    );
  if (share(test.neverDrawn) >= NOTABLE)
    add(
      "never-drawn",
      `for ${percent(share(test.neverDrawn))} of the test rows, training never draws the held-out item as a negative of its user: what never comes as a negative is likelier to be the answer`,
    );
  if (ratesDiffer(training, test))
    add(
      "label-rate",
      `${percent(training.labelRate)} of the training rows are positive, but ${percent(test.labelRate)} of the test rows: probabilities learned from the one are off for the other`,
    );
  if (share(test.users?.unseenRows) >= MOST)
    add(
      "cold-users",
      `${percent(share(test.users?.unseenRows))} of the test rows belong to users without training rows: what was learned of single users is not measured`,
    );
  if (share(test.items?.unseenRows) >= MOST)
    add(
      "cold-items",
      `${percent(share(test.items?.unseenRows))} of the test rows show items without training rows: what was learned of single items is not measured`,
    );
  return worries;
}

/** What features that tell the label may be, and what to ask of them. */
export function tellingText(telling: readonly Telling[]): string {
  const named = telling.map(
    ({ feature, auc, reads }) =>
      `${feature} (AUC ${auc.toFixed(2)}${reads === "probability" ? ", with values that are right as probabilities" : ""})`,
  );
  return `${named.join(", ")} ${named.length === 1 ? "tells the label by itself" : "tell the label by themselves"}: leave out of the features what is not known before a row's outcome`;
}

function ratesDiffer(training: Leakage["training"], test: PartLeakage): boolean {
  const difference = Math.abs(test.labelRate - training.labelRate);
  const variance = (rate: number, rows: number) => (rows === 0 ? 0 : (rate * (1 - rate)) / rows);
  const error = Math.sqrt(
    variance(training.labelRate, training.rows) + variance(test.labelRate, test.rows),
  );
  return difference > RATE_DIFFERENCE * training.labelRate && difference > STANDARD_ERRORS * error;
}
