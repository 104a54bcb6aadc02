import type { ErrorFamily } from "../family.ts";

export const trainingErrors = {
  title: "Models, training and metrics",
  codes: {
    ARENA_FULL: {
      meaning: "a model's tables and optimiser memories do not fit into four GiB",
      wayOut:
        "Make the model's width smaller, raise `data.vocabulary.minCount`, or take the table optimiser rowwise-adagrad.",
    },
    EMBEDDING_UNKNOWN_FEATURE: {
      meaning: "an embedding is asked for a categorical feature that it does not have",
      wayOut: "Ask for a feature that the message lists.",
    },
    METRIC_SCORES: {
      meaning: "scores are not finite, or no probabilities where a metric needs them",
      wayOut: "Check the model for what is not finite, or choose a metric that takes any score.",
    },
    METRIC_UNDEFINED: {
      meaning: "a metric that a decision needs is undefined on the given rows",
      wayOut: "Give the client more validation rows, or choose by another metric.",
    },
    METRIC_UNKNOWN: {
      meaning: "no metric has the given name",
      wayOut: "Name one of the metrics that the message lists.",
    },
    MODEL_HAS_NO_START: {
      meaning:
        "startFrom names a method that left no model, or a model that cannot start from others",
      wayOut: "Name a method that trains a model to start from, or remove `startFrom`.",
    },
    MODEL_KEPT: {
      meaning: "a model was kept by an earlier version, or its file is not as it should be",
      wayOut: "Run the experiment again with this version.",
    },
    MODEL_NEEDS_FEATURE: {
      meaning: "a model needs a feature, or a kind of feature, that the data do not have",
      wayOut: "Name the columns in `data.columns` that the model needs, or choose another model.",
    },
    MODEL_NEEDS_TASKS: {
      meaning: "a model needs more or fewer tasks than the data have labels",
      wayOut: "Name as many labels as the model needs, or choose another model.",
    },
    MODEL_START_MISMATCH: {
      meaning: "a model cannot start from the trained models it was given",
      wayOut:
        "Start from the kind of model that the message names, with the same widths and vocabularies.",
    },
    MODEL_TOO_LARGE: {
      meaning: "a model's matrix would not fit into memory, or take hours",
      wayOut: "Raise `data.vocabulary.minCount`, or take item-knn.",
    },
    QUANTISER_TOO_FEW_ROWS: {
      meaning: "a codebook has more codes than there are vectors to start it from",
      wayOut: "Lower the number of codes, or give more items.",
    },
    TRAINING_DIVERGED: {
      meaning: "the training loss is not a finite number",
      wayOut: "Lower the learning rate, and look for extreme values in the numeric columns.",
    },
    TRAINING_LOSS: {
      meaning: "a loss of positives against sampled negatives, but rows carry labels",
      wayOut:
        "Choose a loss that suits the rows, or set `data.feedback` to implicit if every row is a positive.",
    },
    TRAINING_NO_SEQUENCES: {
      meaning: "a model of sequences has no user with two training items, or no frequent item",
      wayOut:
        "Lower `data.vocabulary.minCount`, give more rows, or choose a model that needs no sequences.",
    },
    UPDATE_INVALID: {
      meaning: "a client's update has wrong shapes or values that are not finite",
      wayOut:
        "Lower the learning rate where values are not finite; else run the same version, on the same tables, everywhere.",
    },
  },
} satisfies ErrorFamily;
