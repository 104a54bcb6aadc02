import type { Adjacency, Unit } from "@atoll/core/privacy";
import type { PartyAccount } from "./privacy-services.ts";

/** Releases of one kind. */
export interface Released {
  readonly stage: string;
  readonly what: string;
  readonly releases: number;
}

/** What the charges of an account came to. */
export interface AccountTotals {
  readonly unit: Unit;
  readonly adjacency: Adjacency;
  /** In the order in which kinds first came. */
  readonly released: readonly Released[];
}

/** Kinds of releases with their numbers, in the order in which they first came. */
export function releasedIn({ totals, charges }: PartyAccount): readonly Released[] {
  if (totals !== undefined) return totals.released;
  const kinds = new Map<string, Released>();
  for (const { stage, what, uses } of charges) {
    // Charges of nothing settle what rounds without an answer cost.
    if (uses.count === 0) continue;
    const key = JSON.stringify([stage, what]);
    kinds.set(key, { stage, what, releases: (kinds.get(key)?.releases ?? 0) + 1 });
  }
  return [...kinds.values()];
}

/** The account without its single charges, and without the plan of its budget: what is left is as it was. */
export function withoutCharges(account: PartyAccount): PartyAccount {
  const { budget, charges } = account;
  const [first] = charges;
  return {
    ...account,
    budget: {
      ...budget,
      ...(budget.adaptivity.kind === "planned" && { adaptivity: { kind: "planned", plan: [] } }),
    },
    charges: [],
    ...(first && {
      totals: { unit: first.unit, adjacency: first.adjacency, released: releasedIn(account) },
    }),
  };
}
