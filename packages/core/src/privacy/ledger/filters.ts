import type { Uses } from "../accounting/mechanism.ts";
import { mechanismText } from "./mechanism-text.ts";
import { roundedUp } from "./numbers-text.ts";
import type { Totals } from "./totals.ts";
import type { Budget, Charge, ChargeAnswer, Spent } from "./types.ts";
import { isSampled, keyOf, mergeUses } from "./uses.ts";

export type Refusal = Omit<Extract<ChargeAnswer, { readonly kind: "refused" }>, "spent">;

export interface Asked {
  readonly account: string;
  /** Not charged so far. */
  readonly charges: readonly Charge[];
  readonly before: Totals;
  /** With the charges. */
  readonly after: Totals;
}

/**
 * Why these releases may not be charged to an account of this budget, whatever they cost; undefined where
 * they may. Planned: all charges so far and these have to be contained in the plan, each mechanism as often
 * as there, in any order. zCDP filter: Gaussian noise on every unit, so that each costs 1 / (2 z^2) at all
 * orders alike (Feldman and Zrnic 2020; Whitehouse et al. 2022). Renyi filter: anything.
 */
export function unsuited(budget: Budget, asked: Asked): Refusal | undefined {
  switch (budget.adaptivity.kind) {
    case "planned":
      return unplanned(budget.adaptivity.plan, asked);
    case "zcdp-filter":
      return sampled(asked);
    case "renyi-filter":
      return undefined;
  }
}

function unplanned(
  plan: readonly Uses[],
  { account, charges, before, after }: Asked,
): Refusal | undefined {
  const planned = countsOf(plan);
  const total = countsOf(after.uses);
  const done = countsOf(before.uses);
  for (const { id, uses } of charges) {
    const key = keyOf(uses.mechanism);
    const allowed = planned.get(key) ?? 0;
    if ((total.get(key) ?? 0) <= allowed) continue;
    const left = allowed - (done.get(key) ?? 0);
    return {
      kind: "refused",
      code: "PRIVACY_PLAN",
      why:
        `account "${account}": release "${id}" is ${uses.count} x ${mechanismText(uses.mechanism)}, of which ` +
        `the plan has ${allowed} and ${left} left; only what was fixed before the first release may be ` +
        "charged to a planned account: charge what is decided on the way to a ledger with a filter",
    };
  }
  return undefined;
}

function countsOf(uses: readonly Uses[]): Map<string, number> {
  return new Map(mergeUses(uses).map(({ mechanism, count }) => [keyOf(mechanism), count] as const));
}

function sampled({ account, charges }: Asked): Refusal | undefined {
  const unfit = charges.find(
    ({ uses: { mechanism } }) => mechanism.kind === "laplace" || isSampled(mechanism),
  );
  return (
    unfit && {
      kind: "refused",
      code: "PRIVACY_ADAPTIVE",
      why:
        `account "${account}": release "${unfit.id}" is ${mechanismText(unfit.uses.mechanism)}, and a ` +
        "zcdp-filter takes Gaussian noise without sampling only; open the account with a renyi-filter",
    }
  );
}

/**
 * Why these releases cost too much; undefined where they do not. The cap itself may be reached.
 *
 * This is what makes a filter: the sum is looked at before each release, so whatever parameters follow from
 * earlier releases, the whole never costs more than the cap.
 */
export function tooExpensive(
  budget: Budget,
  asked: { readonly account: string; readonly before: Spent; readonly after: Spent } & Pick<
    Asked,
    "charges"
  >,
): Refusal | undefined {
  const { account, charges, before, after } = asked;
  if (after.epsilon <= budget.epsilon || budget.epsilon === Infinity) return undefined;
  const what =
    charges.length === 1 ? `release "${charges[0]!.id}"` : `${charges.length} releases together`;
  return {
    kind: "refused",
    code: "PRIVACY_BUDGET",
    why:
      `account "${account}": ${what} would bring epsilon from ${roundedUp(before.epsilon)} to ` +
      `${roundedUp(after.epsilon)} at delta ${budget.delta}, and the cap is ${budget.epsilon}; stop here, or ` +
      "start over with a larger cap, more noise or fewer releases",
  };
}
