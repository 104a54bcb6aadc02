import type { ErrorFamily } from "../family.ts";

export const dataRowErrors = {
  title: "Columns, rows and splits",
  codes: {
    DATA_CANDIDATES_SIZE: {
      meaning: "the candidates that evaluation should rank do not fit into memory",
      wayOut: "Set `negatives.evaluation.count` to a smaller number, or hold out fewer rows.",
    },
    DATA_COLUMN_TYPE: {
      meaning: "a column holds text where its role needs numbers, or numbers where it needs text",
      wayOut:
        "Name another column for the role, or have the file read the column as the type that the message asks for.",
    },
    DATA_EMPTY_SPLIT: {
      meaning: "a client has no training, validation or test rows",
      wayOut:
        "Give the client more rows, change the split or the label's threshold, or remove the client.",
    },
    DATA_FEATURES_DIFFER: {
      meaning: "clients that are trained together have different features",
      wayOut: "Give all clients the same `data.columns`, or remove the pooled method.",
    },
    DATA_LABEL_MISSING: {
      meaning: "a label is missing or no number",
      wayOut: "Fill or remove the rows without a label, or name another column.",
    },
    DATA_LABEL_VALUE: {
      meaning: "a label is neither 0 nor 1 and no threshold is given",
      wayOut: "Give 0 and 1, or a threshold such as `label: { column: rating, atLeast: 4 }`.",
    },
    DATA_MISSING_COLUMN: {
      meaning: "a role or a setting names a column that the file does not have",
      wayOut:
        "Check the name against the columns that the message lists; new rows need the columns that the model was trained on.",
    },
    DATA_MISSING_ID: {
      meaning: "a user or item id is empty in some rows",
      wayOut: "Fill or remove the rows whose id is empty.",
    },
    DATA_MISSING_TIME: {
      meaning: "the time is empty in some rows",
      wayOut: "Fill or remove the rows whose time is empty.",
    },
    DATA_NEEDS_IDS: {
      meaning: "a rule needs user or item ids, and no column has that role",
      wayOut: "Name the column of the role in `data.columns`.",
    },
    DATA_NEEDS_LABEL: {
      meaning: "explicit feedback needs a label column and none is named",
      wayOut:
        "Name a label column that every client has, or set `data.feedback` to what your rows are.",
    },
    DATA_NEEDS_MEMORY: {
      meaning: "a rule needs all rows in memory, but data.storage is disk",
      wayOut: "Set `data.storage` to memory, or change what the message names.",
    },
    DATA_NEEDS_TIME: {
      meaning: "a split needs a time column and none is named",
      wayOut: "Name a column in `data.columns.time`, or set the split to random.",
    },
    DATA_NOT_FINITE: {
      meaning: "a numeric column holds infinite values",
      wayOut: "Clip the infinite values, or leave them empty.",
    },
    DATA_NO_CANDIDATES: {
      meaning: "a client has no items to rank its positives against",
      wayOut: "Give the client more items, or remove it.",
    },
    DATA_NO_NEGATIVES: {
      meaning: "negatives are to be taken from the data, and no training row has any",
      wayOut:
        "Check the label's threshold or the column that lists negatives, or choose another sampler.",
    },
    DATA_ONE_CLASS: {
      meaning: "all labels of a client's training, validation or test rows are the same",
      wayOut: "Check the label's column, give more rows, or remove the client or the label.",
    },
    DATA_ROLE_CONFLICT: {
      meaning: "two roles of one name, of one column, or of a label that a feature would read",
      wayOut: "Give each name and each column one role, and take the label out of the features.",
    },
    DATA_SPLIT_VALUE: {
      meaning: "a row's value in the split column names no part",
      wayOut:
        "Set `split.train`, `split.valid` and `split.test` to the column's values, or filter the other rows away.",
    },
    DATA_TUPLE: {
      meaning: "a vector, a tuple of codes or a list is not made as declared",
      wayOut: "Check the number of values and the `separator` against what the column holds.",
    },
    DATA_UNKNOWN_TASK: {
      meaning: "a setting names a label that data.columns.labels does not have",
      wayOut: "Name one of the labels that `data.columns.labels` has.",
    },
    DATA_WEIGHT: {
      meaning: "a row's weight is missing, negative or infinite",
      wayOut: "Give every row a weight of 0 or more.",
    },
  },
} satisfies ErrorFamily;
