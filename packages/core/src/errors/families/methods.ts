import type { ErrorFamily } from "../family.ts";

export const methodErrors = {
  title: "Methods",
  codes: {
    COLLABORATIVE_LEAK: {
      meaning: "a collaborative model was handed a pair of no training row, which is a bug",
      wayOut: "Report it with the experiment; nothing was trained.",
    },
    COLLABORATIVE_MISMATCH: {
      meaning: "collaborative vectors cannot be taken from a method, or not be coupled",
      wayOut:
        "Change `collaborative.from`, `collaborative.model` or `alignment.anchors` as the message says, or start a new run.",
    },
    METHOD_CLIENTS: {
      meaning: "clients of a method are to do what they are too small for",
      wayOut: "Remove the setting that the message names, or let a client be more than one user.",
    },
    METHOD_FEDERATE: {
      meaning: "what a method is to share does not fit what it learns of items",
      wayOut: "Change `items.vectors` or `federate`, so that what is shared is what is learned.",
    },
    METHOD_NEEDS_ITEM: {
      meaning: "a method counts or ranks items, but no column has the role item",
      wayOut:
        "Name the item's column in `data.columns.item`, without `hash` where items are compared between clients, or leave out what needs it.",
    },
    METHOD_NEEDS_MODEL: {
      meaning: "a method adds features that the model does not read, or keeps parts it lacks",
      wayOut: "Choose a model as the message says, or another method.",
    },
    METHOD_NEEDS_TEXT: {
      meaning: "a method reads public texts of items, but there are none",
      wayOut: "Name a column of words in `data.columns.text`, or turn off what reads it.",
    },
    METHOD_NEEDS_TRUTH: {
      meaning: "a method needs true click probabilities, which only synthetic data have",
      wayOut: "Remove the method; only synthetic data can have it.",
    },
    METHOD_NEEDS_TWO_CLIENTS: {
      meaning: "a method maps between two clients, but there are more or fewer",
      wayOut: "Name two clients, or take a method for any number of them.",
    },
    METHOD_NEEDS_USER: {
      meaning: "a method learns from users' histories, but no column has the role user",
      wayOut: "Name the user's column in `data.columns.user`, or remove the method.",
    },
    METHOD_WINDOWS: {
      meaning: "a method has more or fewer windows of time than weights for them",
      wayOut: "Give each window of time one weight.",
    },
    POPULATION_NEEDS_IDS: {
      meaning: "users' sequences need a user and an item column in every domain",
      wayOut: "Name the columns in `data.columns.user` and `data.columns.item`.",
    },
    POPULATION_NEEDS_POSITIVES: {
      meaning: "users' sequences are made of events, but rows carry labels",
      wayOut:
        "Set `data.feedback` to implicit, with a threshold in `data.columns.label` if rows have one.",
    },
    POPULATION_NEEDS_TIME: {
      meaning: "users' sequences over several domains need a time in every row",
      wayOut: "Name a column in `data.columns.time`, and fill it in every row.",
    },
    POPULATION_TIME_UNIT: {
      meaning: "times lie on one day, or centuries apart: their unit is another one",
      wayOut:
        "Say in `data.columns.timeUnit` what the time column counts, or set the weight of recency to 0.",
    },
  },
} satisfies ErrorFamily;
