import type { TrainingData } from "./examples.ts";

/** The data with all held-out rows as examples, to be compared. */
export function withAllExamples(data: TrainingData) {
  return {
    ...data,
    parts: data.parts.map((part) => ({
      ...part,
      valid: part.valid.examples(),
      test: part.test.examples(),
    })),
  };
}
