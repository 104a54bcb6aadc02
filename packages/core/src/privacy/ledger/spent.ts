import { accountants, epsilonOf, type Uses } from "../accounting/index.ts";
import { curveOf } from "../accounting/rdp-accountant.ts";
import { zcdpAccountant } from "../accounting/zcdp.ts";
import type { Totals } from "./totals.ts";
import type { Budget, Spent } from "./types.ts";

/** What totals have promised, at the budget's delta. */
export function spentOf(budget: Budget, { uses, unamplified, amplified }: Totals): Spent {
  const beside = (name: "unamplified" | "amplified", other: readonly Uses[] | undefined) => {
    const epsilon = other && epsilonBeside(budget, other);
    return epsilon === undefined ? {} : { [name]: epsilon };
  };
  return {
    epsilon: epsilonBy(budget, uses),
    ...beside("unamplified", unamplified),
    ...beside("amplified", amplified),
  };
}

/**
 * Epsilon of merged uses at the budget's delta, by the way that the budget names:
 *
 *   planned       the accountant, with all that it may choose afterwards
 *   zcdp-filter   rho = sum of 1 / (2 z^2): RDP(alpha) = alpha rho, so any order may be taken afterwards
 *   renyi-filter  the sum of RDP(alpha) at the one order that was fixed
 *
 * 0 where nothing was used, Infinity where something was used without noise.
 */
export function epsilonBy(budget: Budget, uses: readonly Uses[]): number {
  const { delta, adaptivity } = budget;
  if (uses.length === 0) return 0;
  switch (adaptivity.kind) {
    case "planned":
      return accountants[budget.accountant].epsilon(uses, delta);
    case "zcdp-filter":
      return zcdpAccountant.epsilon(uses, delta);
    case "renyi-filter":
      return epsilonOf(curveOf(uses), delta, [adaptivity.order]);
  }
}

/** Of what is said beside the budget; undefined where the accountant cannot account for it. */
function epsilonBeside(budget: Budget, uses: readonly Uses[]): number | undefined {
  if (uses.length === 0) return 0;
  switch (budget.adaptivity.kind) {
    case "planned": {
      const { epsilon, refuses } = accountants[budget.accountant];
      return refuses?.(uses) === undefined ? epsilon(uses, budget.delta) : undefined;
    }
    case "zcdp-filter":
      // Amplified, these are sampled, which only Renyi orders can say.
      return accountants.rdp.epsilon(uses, budget.delta);
    case "renyi-filter":
      return epsilonBy(budget, uses);
  }
}
