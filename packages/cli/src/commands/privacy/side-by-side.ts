import { accountants, type AccountantName, type Uses } from "@atoll/core/privacy";
import { epsilonInJson } from "./text.ts";
import { isSampled, unamplified } from "./steps.ts";

/** What one accountant says of some steps. */
export interface Account {
  readonly name: AccountantName;
  readonly epsilon: Answer;
  /** Against whoever sees which units a step took; absent where all units take part in every step. */
  readonly unamplified?: Answer;
}

export type Answer =
  | { readonly kind: "epsilon"; readonly value: number }
  /** Why the accountant cannot account for the steps. */
  | { readonly kind: "refused"; readonly why: string };

/** What the named accountants say of the same steps. */
export function sideBySide(
  uses: readonly Uses[],
  { delta, names }: { readonly delta: number; readonly names: readonly AccountantName[] },
): Account[] {
  return names.map((name) => ({
    name,
    epsilon: answerOf(name, uses, delta),
    ...(isSampled(uses) && { unamplified: answerOf(name, unamplified(uses), delta) }),
  }));
}

export function answerOf(name: AccountantName, uses: readonly Uses[], delta: number): Answer {
  const { epsilon, refuses } = accountants[name];
  const why = refuses?.(uses);
  return why === undefined
    ? { kind: "epsilon", value: epsilon(uses, delta) }
    : { kind: "refused", why };
}

/** An answer as JSON: a number, `infinity`, or why there is none. */
export function answerInJson(answer: Answer): number | "infinity" | { readonly refused: string } {
  return answer.kind === "epsilon" ? epsilonInJson(answer.value) : { refused: answer.why };
}
