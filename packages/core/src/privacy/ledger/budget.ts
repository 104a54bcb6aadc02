import { AtollError } from "../../errors/index.ts";
import { accountants } from "../accounting/index.ts";
import type { Uses } from "../accounting/mechanism.ts";
import { mechanismText } from "./mechanism-text.ts";
import type { Budget } from "./types.ts";
import { checkUses, keyOf, mergeUses } from "./uses.ts";

/** Nearer to 1 no conversion to epsilon keeps its digits. */
const LEAST_ORDER = 1.01;

/**
 * Refuses a budget that nothing can be charged to: numbers out of range (RangeError), a plan that its
 * accountant cannot account for (PRIVACY_PLAN), an accountant that no filter is known for (PRIVACY_ADAPTIVE).
 *
 * A plan that would pass the cap as a whole is no such thing: whoever follows it is stopped on the way.
 */
export function checkBudget(account: string, budget: Budget): void {
  const { epsilon, delta, accountant, adaptivity } = budget;
  if (!(epsilon > 0))
    throw new RangeError(`account "${account}": epsilon is ${epsilon}; it must be above 0`);
  if (!(delta > 0 && delta < 1))
    throw new RangeError(`account "${account}": delta is ${delta}; it must lie between 0 and 1`);
  switch (adaptivity.kind) {
    case "planned": {
      for (const uses of adaptivity.plan) checkUses(uses, `account "${account}", plan`);
      const reason = accountants[accountant].refuses?.(adaptivity.plan);
      if (reason !== undefined)
        throw new AtollError("PRIVACY_PLAN", `account "${account}": ${reason}`);
      return;
    }
    case "zcdp-filter":
      if (accountant === "pld") throw noFilter(account, accountant);
      return;
    case "renyi-filter":
      if (accountant !== "rdp") throw noFilter(account, accountant);
      if (!(adaptivity.order > LEAST_ORDER && adaptivity.order < Infinity))
        throw new RangeError(
          `account "${account}": order is ${adaptivity.order}; it must be finite, above ${LEAST_ORDER}`,
        );
  }
}

function noFilter(account: string, accountant: "pld" | "zcdp"): AtollError {
  const reason =
    accountant === "pld"
      ? "whose sum holds only where all parameters were fixed in advance"
      : "which knows no sampling";
  return new AtollError(
    "PRIVACY_ADAPTIVE",
    `account "${account}" takes releases that were not planned, but its accountant is ${accountant}, ` +
      `${reason}; set accountant: rdp`,
  );
}

/**
 * The budget as text: the same for budgets that promise the same. The order of a Renyi filter is left out:
 * the one that was fixed first stays, and any holds.
 */
export function budgetText({ epsilon, delta, accountant, adaptivity }: Budget): string {
  const how =
    adaptivity.kind === "planned"
      ? mergeUses(adaptivity.plan).map(({ mechanism, count }) => [keyOf(mechanism), count])
      : adaptivity.kind;
  return JSON.stringify([String(epsilon), delta, accountant, how]);
}

/** Refuses an account that was opened with another budget (PRIVACY_BUDGET_DIFFERS). */
export function checkSameBudget(
  account: string,
  { opened, asked }: { readonly opened: Budget; readonly asked: Budget },
): void {
  if (budgetText(opened) === budgetText(asked)) return;
  throw new AtollError(
    "PRIVACY_BUDGET_DIFFERS",
    `account "${account}" was opened with ${inShort(opened)}, and is asked for with ${inShort(asked)}; ` +
      "a budget is for good: ask for the same, or use another ledger, whose epsilons add to this one's",
  );
}

function inShort({ epsilon, delta, accountant, adaptivity }: Budget): string {
  const cap = epsilon === Infinity ? "no cap" : `epsilon ${epsilon}`;
  const how =
    adaptivity.kind === "planned" ? `a plan: ${planText(adaptivity.plan)}` : `a ${adaptivity.kind}`;
  return `${cap} at delta ${delta} (accountant ${accountant}, ${how})`;
}

const SHOWN = 3;

function planText(plan: readonly Uses[]): string {
  const merged = mergeUses(plan);
  const shown = merged
    .slice(0, SHOWN)
    .map(({ mechanism, count }) => `${count} x ${mechanismText(mechanism)}`);
  if (merged.length > SHOWN) shown.push(`${merged.length - SHOWN} more`);
  return shown.join(", ");
}
