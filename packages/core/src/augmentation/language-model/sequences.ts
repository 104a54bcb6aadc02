import { z } from "zod";
import { answerOf, type Answer, type Refusal } from "./answer.ts";

export interface PickedNumbers {
  /** Numbers of candidates, counted from 1, best first. */
  readonly liked: readonly number[];
  readonly disliked: readonly number[];
}

/** Answers that name distinct candidates, 1 to `candidates`, as many of each kind as asked for at most. */
export function sequencesAnswer({
  candidates,
  liked,
  disliked,
}: {
  readonly candidates: number;
  readonly liked: number;
  readonly disliked: number;
}): Answer<PickedNumbers> {
  const number = z.int().min(1).max(candidates);
  const shape = z
    .strictObject({
      liked: z.array(number).max(liked),
      disliked: z.array(number).max(disliked),
    })
    .refine((picked) => isDistinct([...picked.liked, ...picked.disliked]), NAMED_TWICE);
  return answerOf(shape, ({ code, path, message }) => {
    if (code === "custom" && message === NAMED_TWICE) return NAMED_TWICE;
    if (code !== "too_big" && code !== "too_small") return undefined;
    return path.length === 1 ? "too many" : "no candidate";
  });
}

const NAMED_TWICE: Refusal = "named twice";

function isDistinct(numbers: readonly number[]): boolean {
  return new Set(numbers).size === numbers.length;
}
