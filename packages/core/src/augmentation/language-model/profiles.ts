import { z } from "zod";
import { answerOf, phrase, type Answer } from "./answer.ts";
import { wordsOf } from "./words.ts";

const profile = z.strictObject({
  interests: z.array(phrase).min(1).max(5),
  habits: phrase,
  budget: z.enum(["low", "medium", "high", "unknown"]),
  household: phrase,
});

/** What a language model infers of a user from things that the user had. */
export type InferredProfile = z.infer<typeof profile>;

export function profileAnswer(): Answer<InferredProfile> {
  return answerOf(profile);
}

/** Undefined where all that the model says is that it does not know. */
export function wordsOfProfile(profile: InferredProfile): string | undefined {
  const { interests, habits, budget, household } = profile;
  return wordsOf({ interests, habits: [habits], budget: [budget], household: [household] });
}
