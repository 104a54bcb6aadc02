import type { ErrorFamily } from "../family.ts";

export const augmentationErrors = {
  title: "Augmentation",
  codes: {
    AUGMENTATION_BUDGET: {
      meaning: "calls, tokens or money that asking a language model may take are spent",
      wayOut:
        "Run again to spend as much once more, raise `augmentation.budget`, or set `augmentation.partial` to true.",
    },
    AUGMENTATION_INCOMPLETE: {
      meaning: "prompts of a language model have no answer yet",
      wayOut: "Ask again with `atoll augment run`, or set `augmentation.partial` to true.",
    },
    AUGMENTATION_KEY: {
      meaning: "the environment variable that should hold a server's key is not set",
      wayOut:
        "Set the environment variable to the server's key, or remove `augmentation.apiKeyEnv`.",
    },
    AUGMENTATION_MODEL: {
      meaning: "a language model's file, or a sentence encoder's folder, is missing or is none",
      wayOut:
        "Give a whole file or folder of a model that is known and fits into memory, where the message says.",
    },
    AUGMENTATION_NONE: {
      meaning: "augmentation is planned, run or looked at, but no method has any",
      wayOut: "Set `augmentation.kind`, and name a method that augments, such as fedcctr.",
    },
    AUGMENTATION_PACKAGE: {
      meaning: "augmentation needs a package that Atoll does not bring along",
      wayOut:
        "Install the package with the command in the message, or have a server asked with `augmentation.kind: openai-compatible`.",
    },
    AUGMENTATION_PROMPT: {
      meaning: "a file of prompts is missing, or is none that a stage can be asked by",
      wayOut: "Write prompts as the built-in ones are, or remove `augmentation.prompts`.",
    },
    AUGMENTATION_REMOTE: {
      meaning: "a language model's server is another machine, and nothing may leave this one",
      wayOut:
        "Name a server on this machine, or, outside of a silo, set `augmentation.allowRemote` to true if the prompts may leave.",
    },
    AUGMENTATION_SERVER: {
      meaning: "a language model's server refuses, is out of reach, or is no such server",
      wayOut:
        "See that the server runs and mend its address or key, then run again: answers that came are kept.",
    },
    AUGMENTATION_STORE: {
      meaning: "the file that keeps a language model's answers cannot be used",
      wayOut:
        "Name a file that can be written in `augmentation.cache`, or put a good copy in its place.",
    },
  },
} satisfies ErrorFamily;
