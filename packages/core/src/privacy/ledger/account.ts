import { AtollError } from "../../errors/index.ts";
import { checkBudget } from "./budget.ts";
import { tooExpensive, unsuited } from "./filters.ts";
import { spentOf } from "./spent.ts";
import { noTotals, withCharges, type Totals } from "./totals.ts";
import type { Budget, Charge, ChargeAnswer, Spent } from "./types.ts";

/**
 * What an account has to remember to judge the next charge, beside which charges there were: plain data
 * whose size does not grow with the number of equal charges.
 */
export interface AccountState {
  readonly account: string;
  readonly budget: Budget;
  readonly totals: Totals;
  /** Of the totals. */
  readonly spent: Spent;
}

export interface AccountStep {
  readonly state: AccountState;
  readonly answer: ChargeAnswer;
  /** What was charged for the first time, to be kept by id. */
  readonly charged: readonly Charge[];
}

/** An account to which nothing was charged yet; see `checkBudget` for what it refuses. */
export function openAccount(account: string, budget: Budget): AccountState {
  checkBudget(account, budget);
  return { account, budget, totals: noTotals, spent: spentOf(budget, noTotals) };
}

/**
 * Charges all of these releases, or none. `known` gives the charge of an id that was charged before: it costs
 * nothing again. What would pass the cap, or does not suit the budget, is refused in the answer, and the
 * state stays.
 *
 * A known id with other content is an error (PRIVACY_LEDGER): one name was given to two releases. Which run
 * a charge names is no content: the same release may be made by a run that repeats another.
 */
export function stepAccount(
  state: AccountState,
  {
    charges,
    known,
  }: {
    readonly charges: readonly Charge[];
    readonly known: (id: string) => Charge | undefined;
  },
): AccountStep {
  const { account, budget } = state;
  const fresh = new Map<string, Charge>();
  for (const charge of charges) {
    const earlier = known(charge.id) ?? fresh.get(charge.id);
    if (earlier === undefined) fresh.set(charge.id, charge);
    else if (contentOf(earlier) !== contentOf(charge)) throw reused(account, { earlier, charge });
  }
  if (fresh.size === 0)
    return { state, answer: { kind: "known", spent: state.spent }, charged: [] };
  const charged = [...fresh.values()];
  const totals = withCharges(state.totals, charged, account);
  const asked = { account, charges: charged };
  const unfit = unsuited(budget, { ...asked, before: state.totals, after: totals });
  if (unfit) return { state, answer: { ...unfit, spent: state.spent }, charged: [] };
  const spent = spentOf(budget, totals);
  const dear = tooExpensive(budget, { ...asked, before: state.spent, after: spent });
  if (dear) return { state, answer: { ...dear, spent: state.spent }, charged: [] };
  return { state: { ...state, totals, spent }, answer: { kind: "charged", spent }, charged };
}

/** Everything that has to be equal where ids are. */
function contentOf(charge: Charge): string {
  return JSON.stringify({ ...charge, run: undefined }, (_key, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function reused(
  account: string,
  { earlier, charge }: { readonly earlier: Charge; readonly charge: Charge },
): AtollError {
  return new AtollError(
    "PRIVACY_LEDGER",
    `account "${account}": release "${charge.id}" was charged as ${contentOf(earlier)}, and is now charged as ` +
      `${contentOf(charge)}; give every release a name of its own`,
  );
}
