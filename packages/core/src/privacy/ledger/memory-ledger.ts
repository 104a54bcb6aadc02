import { openAccount, stepAccount, type AccountState } from "./account.ts";
import { checkSameBudget } from "./budget.ts";
import type { Account, AccountExport, Charge, Ledger } from "./types.ts";

/** Accounts that end with the process: for tests, and for what need not outlive it. */
export function memoryLedger(): Ledger {
  const accounts = new Map<string, Account & { readonly budget: AccountState["budget"] }>();
  return {
    account: async (name, budget) => {
      const known = accounts.get(name);
      if (known) {
        checkSameBudget(name, { opened: known.budget, asked: budget });
        return known;
      }
      const opened = { ...memoryAccount(openAccount(name, budget)), budget };
      accounts.set(name, opened);
      return opened;
    },
  };
}

/** Nothing waits between looking and charging, so that no other charge comes between. */
function memoryAccount(start: AccountState): Account {
  let state = start;
  const charges = new Map<string, Charge>();
  const entries: AccountExport["charges"][number][] = [];
  return {
    charge: async (asked) => {
      const { answer, charged, ...next } = stepAccount(state, {
        charges: asked,
        known: (id) => charges.get(id),
      });
      ({ state } = next);
      for (const charge of charged) {
        charges.set(charge.id, charge);
        entries.push({ ...charge, spentAfter: answer.spent });
      }
      return answer;
    },
    read: async () => ({
      account: state.account,
      budget: state.budget,
      spent: state.spent,
      charges: [...entries],
    }),
  };
}
