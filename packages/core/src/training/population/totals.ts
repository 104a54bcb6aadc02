import type { UsersSum } from "./types.ts";

export type Sum = Omit<UsersSum, "norms">;

/** Adds up what sets of users sum up to. */
export interface UsersTotal {
  readonly add: (of: Sum) => void;
  readonly sum: () => Sum;
  /** Loss and terms of a user, in the mean; no loss without users. */
  readonly means: () => {
    readonly loss?: number;
    readonly terms: Readonly<Record<string, number>>;
  };
}

export function usersTotal(): UsersTotal {
  const terms: Record<string, number> = {};
  let users = 0;
  let rows = 0;
  let loss = 0;
  return {
    add: (of) => {
      users += of.users;
      rows += of.rows;
      loss += of.loss;
      for (const [name, term] of Object.entries(of.terms)) terms[name] = (terms[name] ?? 0) + term;
    },
    sum: () => ({ users, rows, loss, terms: { ...terms } }),
    means: () => ({
      ...(users > 0 && { loss: loss / users }),
      terms: Object.fromEntries(
        Object.entries(terms).map(([name, term]) => [name, users === 0 ? 0 : term / users]),
      ),
    }),
  };
}
