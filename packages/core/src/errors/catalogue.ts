/**
 * Every error code, with what it means. docs/reference/errors.md lists the same codes; a test holds
 * the two against each other, and every code against its use in the sources.
 */
export const catalogue = {
  DATA_EMPTY_FILE: "a client's file has no rows",
  METHOD_NEEDS_ITEM: "a method counts or ranks items, but no column has the role item",
  METHOD_NEEDS_TRUTH: "a method needs true click probabilities, which only synthetic data have",
  ARENA_FULL: "a model's tables and optimiser memories do not fit into four GiB",
  EMBEDDING_UNKNOWN_FEATURE:
    "an embedding is asked for a categorical feature that it does not have",
  MODEL_NEEDS_FEATURE: "a model needs a feature, or a kind of feature, that the data do not have",
  MODEL_START_MISMATCH: "a model cannot start from the trained models it was given",
  TENSOR_SPEC: "a program's inputs, outputs or gradient targets are declared wrongly",
  TENSOR_TRACE: "a function cannot be traced into a program",
  TENSOR_UNSUPPORTED_PRIMITIVE: "a function uses an operation that has no lowering to ONNX",
  TENSOR_UNSUPPORTED_DTYPE: "a function uses an element type that programs do not know",
  TENSOR_INPUT: "a program is run with an input missing, unknown, or of wrong type or length",
  TENSOR_RELEASED: "a program is run after it was released",
  TENSOR_PARAMETER: "a parameter is unknown, or its specification is wrong",
  EXECUTOR_PROVIDER: "an execution provider is asked for that this machine does not have",
  EXECUTOR_SESSION: "ONNX Runtime refuses to load a program",
  MODEL_HAS_NO_START:
    "startFrom names a method that left no model, or a model that cannot start from others",
  TRAINING_DIVERGED: "the training loss is not a finite number",
  METRIC_UNDEFINED: "a metric that a decision needs is undefined on the given rows",
  DATA_MISSING_COLUMN: "a role or a setting names a column that the file does not have",
  DATA_COLUMN_TYPE:
    "a column holds text where its role needs numbers, or numbers where it needs text",
  DATA_MISSING_ID: "a user or item id is empty in some rows",
  DATA_MISSING_TIME: "the time is empty in some rows",
  DATA_NEEDS_TIME: "a split needs a time column and none is named",
  DATA_NEEDS_IDS: "a rule needs user or item ids, and no column has that role",
  DATA_LABEL_VALUE: "a label is neither 0 nor 1 and no threshold is given",
  DATA_LABEL_MISSING: "a label is missing or no number",
  DATA_NEEDS_LABEL: "explicit feedback needs a label column and none is named",
  DATA_NOT_FINITE: "a numeric column holds infinite values",
  DATA_ROLE_CONFLICT: "two features have one name, or a feature is the label itself",
  DATA_NO_CANDIDATES: "a client has no items to rank its positives against",
  DATA_FEATURES_DIFFER: "clients that are trained together have different features",
  DATA_EMPTY_SPLIT: "a client has no training, validation or test rows",
  DATA_ONE_CLASS: "all labels of a client's training, validation or test rows are the same",
  MESSAGE_MALFORMED: "bytes are not a message, or not a whole one",
  MESSAGE_UNDECLARED: "a message carries what its stage does not declare, or comes out of turn",
  UPDATE_INVALID: "a client's update has wrong shapes or values that are not finite",
  METRIC_UNKNOWN: "no metric has the given name",
  METRIC_SCORES: "scores are not finite, or no probabilities where a metric needs them",
  RUN_FOLDER_EXISTS: "the folder for a new run already holds files",
  RUN_FOLDER_MISSING: "the folder to resume holds no run",
  DATA_FILE_MISSING: "a client's file does not exist, or is a folder",
  DATA_FORMAT: "a file's format is not known, or a setting that it needs is missing",
  DATA_GZIP: "a gzip file is damaged, cut off, or no gzip",
  DATA_MALFORMED: "a line or a file is not in the format it should be in",
  DATA_NOT_A_NUMBER: "a column that should hold numbers or times holds something else",
  EXPERIMENT_INVALID: "an experiment file, or a --set override of it, is wrong",
} as const;

export type ErrorCode = keyof typeof catalogue;
