import type { MetricsLine } from "./result.ts";

const TRAINING = "train";
const VALID = "valid/";

/**
 * What a line says of validation, by client: of the model that the method trains. Stages before it (collaborative
 * vectors, encoders by themselves) validate models of their own, by the same numbers of rounds.
 */
export function validationsOf({
  stage,
  values,
}: Pick<MetricsLine, "stage" | "values">): (readonly [client: string, value: number])[] {
  if (stage !== TRAINING) return [];
  return Object.entries(values).flatMap(([name, value]) =>
    name.startsWith(VALID) ? [[name.slice(VALID.length), value] as const] : [],
  );
}
