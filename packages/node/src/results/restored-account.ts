import type { Spent } from "@atoll/core/privacy";
import type { PartyAccount } from "../ledger/index.ts";

/**
 * An account out of a cell's record. JSON writes infinity as null, which must never be read as a small number:
 * null where an epsilon stands is infinity again.
 */
export function restoredAccount({
  budget,
  spent,
  charges,
  ...account
}: PartyAccount): PartyAccount {
  return {
    ...account,
    budget: { ...budget, epsilon: restored(budget.epsilon) },
    spent: restoredSpent(spent),
    charges: charges.map((charge) => ({
      ...charge,
      spentAfter: restoredSpent(charge.spentAfter),
    })),
  };
}

function restoredSpent({ epsilon, unamplified, amplified }: Spent): Spent {
  return {
    epsilon: restored(epsilon),
    ...(unamplified !== undefined && { unamplified: restored(unamplified) }),
    ...(amplified !== undefined && { amplified: restored(amplified) }),
  };
}

function restored(epsilon: number | null): number {
  return epsilon ?? Infinity;
}
