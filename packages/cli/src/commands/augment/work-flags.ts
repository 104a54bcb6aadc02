import { wholeNumber } from "../whole-number.ts";

export interface AugmentFlags {
  readonly set?: readonly string[];
  readonly json: boolean;
}

export const experimentParameter = {
  kind: "tuple",
  parameters: [{ brief: "the experiment, a YAML file", parse: String, placeholder: "FILE" }],
} as const;

export const examplesFlag = (usual: string) =>
  ({
    kind: "parsed",
    parse: wholeNumber(0),
    default: usual,
    brief: "examples of each stage; they show what users had",
    placeholder: "N",
  }) as const;
