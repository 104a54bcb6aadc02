import type { Parsed } from "@atoll/core/augmentation";
import type { StoredAnswer } from "./store.ts";
import type { Outcome } from "./tallies.ts";

/** What a stored answer says, read as strictly as on the day when it came. */
export function outcomeOf<T>(
  answer: Exclude<StoredAnswer, { kind: "rejected" }>,
  parse: (text: string) => Parsed<T>,
): { readonly outcome: Outcome; readonly value: T | undefined } {
  if (answer.kind === "dropped") return { outcome: answer, value: undefined };
  const parsed = parse(answer.text);
  return parsed.ok
    ? { outcome: { kind: "answered" }, value: parsed.value }
    : { outcome: { kind: "dropped", reason: parsed.reason }, value: undefined };
}
