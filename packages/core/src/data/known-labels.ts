import { AtollError } from "../errors/index.ts";
import { labelEntries } from "./label-entries.ts";
import type { SplitClient } from "./prepare-types.ts";
import type { Roles } from "./roles.ts";
import type { SplitRules } from "./rules.ts";

/** For the report: labels that a client does not know in any row. */
export function unknownLabelNotes({ columns }: SplitRules, { labels }: Roles): string[] {
  return labelEntries(columns).flatMap(({ task, column }, t) =>
    labels[t] !== undefined
      ? []
      : [
          `the label ${task} is unknown in all rows: ${column === undefined ? "its column is null here" : `there is no column "${column}"`}; nothing is learned or measured of it`,
        ],
  );
}

/** Training rows that know a label, and those among them that are positive. */
export interface Evidence {
  readonly known: number;
  readonly positives: number;
}

/** The evidence of every label in the training rows of all clients together, in the order of tasks. */
export function evidenceOfLabels(splits: readonly SplitClient[]): Evidence[] {
  const { tasks } = splits[0]!;
  return tasks.map((_, t) => {
    let known = 0;
    let positives = 0;
    for (const { label, furtherLabels, train } of splits) {
      const values = t === 0 ? label : furtherLabels[t - 1]!;
      for (const row of train)
        if (values[row]! >= 0) {
          known += 1;
          positives += values[row]!;
        }
    }
    return { known, positives };
  });
}

/**
 * Labels that nothing can be learned of, whoever's rows are looked at: those that no client knows, and of
 * those that some method learns `alone` the ones of a single class. One client may lack what others have.
 */
export function unlearnableLabels(
  splits: readonly SplitClient[],
  alone: readonly string[],
): AtollError[] {
  const [first] = splits;
  // Clients with labels of their own are told so elsewhere, where it matters.
  if (first === undefined || splits.some(({ tasks }) => tasks.join() !== first.tasks.join()))
    return [];
  return evidenceOfLabels(splits).flatMap(({ known, positives }, t) => {
    const task = first.tasks[t]!;
    if (t === 0) return [];
    if (known === 0)
      return [
        new AtollError(
          "DATA_LABEL_MISSING",
          `no client knows the label "${task}" in any training row; check the column that data.columns.labels.${task} names, or remove the label`,
        ),
      ];
    return alone.includes(task) && (positives === 0 || positives === known)
      ? [
          new AtollError(
            "DATA_ONE_CLASS",
            `of the ${known} training rows of all clients that know the label "${task}", ${positives} are positive; a model needs both classes: check the label's column, give more rows, or set training.task to another label`,
          ),
        ]
      : [];
  });
}
