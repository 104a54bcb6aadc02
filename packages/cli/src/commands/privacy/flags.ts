import { accountantNames } from "./accountant-names.ts";

/** A number as it is written: numbers are read later, so that all that is wrong is said at once. */
export function number(brief: string, placeholder: string) {
  return { kind: "parsed", parse: String, brief, placeholder } as const;
}

export const samplingRate = {
  ...number("probability with which each unit takes part; 1: all do", "Q"),
  default: "1",
} as const;

export const delta = {
  ...number("probability with which the promise may fail", "D"),
  default: "1e-5",
} as const;

export const accountant = {
  kind: "enum",
  values: accountantNames,
  optional: true,
  brief: "how losses are added up; default: each way, side by side",
} as const;

export const json = { kind: "boolean", default: false, brief: "print JSON" } as const;

export function htmlFile(what: string) {
  return {
    kind: "parsed",
    parse: String,
    optional: true,
    brief: `write ${what} as a page`,
    placeholder: "FILE",
  } as const;
}
