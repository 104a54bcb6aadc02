import type { ErrorFamily } from "../family.ts";

export const servingErrors = {
  title: "Serving and auditing",
  codes: {
    AUDIT_METHOD: {
      meaning: "an audit names a method that the run does not have, or that has nothing to attack",
      wayOut:
        "Name a method of the run that trains a model, or leave the refused one out of `--methods`.",
    },
    AUDIT_SHADOWS: {
      meaning: "so many shadow models do not suffice for likelihood ratios",
      wayOut: "Give an even number of at least 4, or 0 for none.",
    },
    AUDIT_STORAGE: {
      meaning: "an audit is asked to attack a run whose rows are on disk",
      wayOut: "Run a part of the rows with `--set data.storage=memory`, and attack that run.",
    },
    AUDIT_UNFINISHED: {
      meaning: "an audit is asked to attack a method whose training has not finished",
      wayOut:
        "Finish the run with `atoll run --resume`, or name finished methods with `--methods`.",
    },
    EXPORT_FOLDER_EXISTS: {
      meaning: "the folder for exported models already holds files",
      wayOut: "Name another folder with `--out`, or remove it.",
    },
    SERVING_DIFFERS: {
      meaning: "an exported model does not compute what predicting with the run's model does",
      wayOut: "Report it with the experiment, and use `atoll predict`; nothing was written.",
    },
    SERVING_METHOD: {
      meaning: "a method, a seed or a client has no model that could serve new rows",
      wayOut:
        "Name a method, a seed and a client that the run has, and finish the run if it has not.",
    },
    SERVING_REQUESTS: {
      meaning: "rows of one request do not follow each other, so that its candidates make no list",
      wayOut: "Sort the rows by user and time, so that the candidates of a request stand together.",
    },
    SERVING_TOO_LARGE: {
      meaning: "an exported model would be larger than its format allows",
      wayOut:
        "Use `atoll predict`, or train with a smaller `model.width` or a larger `data.vocabulary.minCount`.",
    },
  },
} satisfies ErrorFamily;
