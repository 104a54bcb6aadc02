import type { EvaluationExamples } from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import { measure } from "../../metrics/index.ts";
import type { MethodSettings } from "../types.ts";

/** The metric that selects, on scored validation rows; undefined there, it is an error that says why. */
export function validationValue(
  client: string,
  scored: {
    readonly examples: EvaluationExamples;
    readonly scores: Float32Array | Float64Array;
    readonly numUsers: number;
  },
  { selectBy, ties }: Pick<MethodSettings, "selectBy" | "ties">,
): number {
  const measured = measure([selectBy], scored, { ties })[selectBy]!;
  if (measured.kind === "undefined")
    throw new AtollError(
      "METRIC_UNDEFINED",
      `client "${client}": ${selectBy} of the ${scored.examples.numRows} validation rows is undefined: ${measured.reason}; give it more validation rows or set training.selectBy to another metric`,
    );
  return measured.value;
}
