import type { ErrorFamily } from "../family.ts";

export const experimentErrors = {
  title: "Experiments and their folders",
  codes: {
    EXPERIMENT_INVALID: {
      meaning: "an experiment file, or a --set override of it, is wrong",
      wayOut:
        "Mend each line that the message names; `atoll schema` prints every setting for your editor.",
    },
    EXTENSION_CHANGED: {
      meaning: "the code of an extension is not the code that a run, or this process, began with",
      wayOut: "Put the named files back as they were, or begin a new run.",
    },
    EXTENSION_DEPLOYED: {
      meaning: "an experiment with extensions is submitted to silos, which take data, never code",
      wayOut:
        "Run the experiment on one machine with `atoll run`, or remove `extensions` and what they add.",
    },
    EXTENSION_INVALID: {
      meaning: "a module of an extension fails, exports none, or what it adds is malformed",
      wayOut:
        "Mend the module as the message says; a thing that it adds is made with `extension` of @atoll/core/extensions.",
    },
    EXTENSION_MISSING: {
      meaning: "a module that an experiment names as an extension is not there",
      wayOut:
        "Write `./` before a path, which counts from the experiment's folder, or install the package there.",
    },
    EXTENSION_NAME_TAKEN: {
      meaning: "an extension adds a method, a model or a metric under a name that is taken",
      wayOut: "Give what the extension adds another name.",
    },
    EXTENSION_NOT_LOADED: {
      meaning: "a method or a model is named whose extension was not loaded",
      wayOut:
        "List the module that adds the method or the model under `extensions` in the experiment.",
    },
    RUN_FOLDER_EXISTS: {
      meaning: "the folder for a new run already holds files",
      wayOut: "Name another folder with `--out`, or go on with what it holds with `--resume`.",
    },
    RUN_FOLDER_LOCKED: {
      meaning: "another process works in the folder of a run, a comparison or a tune",
      wayOut: "Wait until that process has ended, stop it, or name another folder.",
    },
    RUN_FOLDER_MISSING: {
      meaning: "the folder to resume or to attack holds no run",
      wayOut: "Give the folder that an earlier run, comparison or tune was written to.",
    },
  },
} satisfies ErrorFamily;
