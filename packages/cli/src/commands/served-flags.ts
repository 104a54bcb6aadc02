import { wholeNumber } from "./whole-number.ts";

/** Which of a run's models is meant. */
export const servedFlags = {
  method: {
    kind: "parsed",
    parse: String,
    optional: true,
    brief: "whose model; default: the federated one that validation finds best",
    placeholder: "NAME",
  },
  seed: {
    kind: "parsed",
    parse: wholeNumber(0),
    optional: true,
    brief: "of which seed; default: the experiment's first",
    placeholder: "N",
  },
} as const;
