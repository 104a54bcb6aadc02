import { buildCommand } from "@stricli/core";
import { lazily } from "./lazily.ts";
import type { AtollContext } from "../context.ts";
import { wholeNumber } from "./whole-number.ts";

export interface AuditFlags {
  readonly shadows: number;
  readonly canaries?: number;
  readonly seed: number;
  readonly methods?: readonly string[];
  readonly threads?: number;
  readonly json: boolean;
}

export const auditCommand = buildCommand<AuditFlags, [string], AtollContext>({
  docs: {
    brief: "Attack the models of a finished run, and hold what is found against its promises",
    fullDescription:
      "Attack the models of a finished run: which rows they were trained on, what updates give away, and whether canaries refute an epsilon. Ends with 1 where a promise does not hold.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "the folder of a finished run", parse: String, placeholder: "RUN" }],
    },
    flags: {
      shadows: {
        kind: "parsed",
        parse: wholeNumber(0),
        default: "8",
        brief: "models trained for likelihood ratios: an even number of at least 4, or 0",
        placeholder: "N",
      },
      canaries: {
        kind: "parsed",
        parse: wholeNumber(0),
        optional: true,
        brief:
          "made-up rows of each client, for every method; default: 200 where DP-SGD protects examples",
        placeholder: "N",
      },
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        default: "1",
        brief: "of the audit's own draws",
        placeholder: "N",
      },
      methods: {
        kind: "parsed",
        parse: String,
        variadic: ",",
        optional: true,
        brief: "methods to attack, such as local,fedavg; default: all that store a model",
        placeholder: "NAME",
      },
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads in all; never changes a number",
        placeholder: "N",
      },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the result last" },
    },
  },
  loader: lazily(() => import("./audit.action.ts")),
});
