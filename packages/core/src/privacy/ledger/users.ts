import { spentOf } from "./spent.ts";
import { noTotals, withCharges } from "./totals.ts";
import type { AccountExport, Budget, Charge, Spent } from "./types.ts";

/** What several clients' releases promise together. */
export interface AcrossClients extends Spent {
  readonly delta: number;
  /**
   * `greatest`: nobody is in two clients; `composed`: all releases as if of one account; `added`: epsilons and
   * deltas add, where accounts differ in delta or in the way they work out epsilon, or hold more than the charges
   * given.
   */
  readonly how: "greatest" | "composed" | "added";
}

/**
 * What all of these clients' releases promise to one unit. A row, a vector or a client is in one place, and so
 * is a user where users are disjoint: the greatest loss counts. A user who may be in several clients loses in
 * each of them, and the losses compose.
 */
export function acrossClients(
  accounts: readonly AccountExport[],
  users: "overlapping" | "disjoint",
): AcrossClients {
  const charged = accounts.filter(({ charges }) => charges.length > 0);
  const [first] = charged;
  if (first === undefined) return { epsilon: 0, delta: 0, how: "greatest" };
  const { unit } = first.charges[0]!;
  const odd = charged.find(({ charges }) => charges[0]!.unit !== unit);
  if (odd)
    throw new RangeError(
      `accounts "${first.account}" and "${odd.account}" protect ${unit} and ${odd.charges[0]!.unit}; their epsilons cannot be put together`,
    );
  if (unit !== "user" || users === "disjoint" || charged.length === 1)
    return {
      ...foldSpent(charged, Math.max),
      delta: Math.max(...deltas(charged)),
      how: "greatest",
    };
  if (new Set(charged.map(({ budget }) => measureOf(budget))).size === 1 && charged.every(isWhole))
    return {
      ...spentBy(
        first.budget,
        charged.flatMap(({ charges }) => charges),
      ),
      delta: first.budget.delta,
      how: "composed",
    };
  return {
    ...foldSpent(charged, (...values) => values.reduce(plus)),
    delta: deltas(charged).reduce(plus),
    how: "added",
  };
}

/** Equal where charges to two accounts could as well have been charged to one. */
function measureOf({ delta, accountant, adaptivity }: Budget): string {
  switch (adaptivity.kind) {
    case "planned":
      return `${delta} ${accountant}`;
    case "zcdp-filter":
      return `${delta} zcdp-filter`;
    case "renyi-filter":
      return `${delta} renyi-filter ${adaptivity.order}`;
  }
}

/** Whether the charges are all that was spent: those of one run may be a part of a shared account's. */
function isWhole({ budget, charges, spent }: AccountExport): boolean {
  return spentBy(budget, charges).epsilon === spent.epsilon;
}

function spentBy(budget: Budget, charges: readonly Charge[]): Spent {
  return spentOf(budget, withCharges(noTotals, charges, "all clients"));
}

function foldSpent(
  accounts: readonly AccountExport[],
  fold: (...values: readonly number[]) => number,
): Spent {
  const beside = (name: "unamplified" | "amplified") => {
    const values = accounts.flatMap(({ spent }) => spent[name] ?? []);
    return values.length === accounts.length ? { [name]: fold(...values) } : {};
  };
  return {
    epsilon: fold(...accounts.map(({ spent }) => spent.epsilon)),
    ...beside("unamplified"),
    ...beside("amplified"),
  };
}

const plus = (a: number, b: number): number => a + b;
const deltas = (accounts: readonly AccountExport[]) => accounts.map(({ budget }) => budget.delta);
