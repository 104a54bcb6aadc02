import {
  checkSameBudget,
  noTotals,
  openAccount,
  stepAccount,
  withCharges,
  type Account,
  type AccountExport,
  type Ledger,
} from "@atoll/core/privacy";
import { accountRows, type AccountRows, type StoredAccount } from "./account-rows.ts";
import { inTransaction, openDatabase, unusable, withLedgerErrors } from "./database.ts";
import { grouped } from "./grouped.ts";

/** A ledger in a file. */
export interface LedgerFile extends Ledger {
  /** All accounts by name, in the order in which they were opened. */
  readonly names: () => Promise<readonly string[]>;
  /** What an account of this name knows; undefined where there is none. */
  readonly read: (name: string) => Promise<AccountExport | undefined>;
  /** Of the accounts whose names begin so, the one that has spent most, and how many there are. */
  readonly most: (
    prefix: string,
  ) => Promise<{ readonly account: AccountExport; readonly count: number } | undefined>;
  readonly close: () => void;
}

/**
 * The ledger in the file of this path, made where there is none. Any number of processes and threads may
 * have it open: looking and charging are one transaction, and a charge is on disk before it is answered.
 * Charges that are asked for together, without waiting for one another, share a transaction.
 *
 * Whoever reads the file's bytes in a process that has it open as a ledger takes SQLite's locks away: copy it
 * in another process.
 */
export function openLedger(path: string): LedgerFile {
  const database = openDatabase(path);
  const rows = withLedgerErrors(path, () => accountRows(database));
  const together = grouped({
    transaction: (work) => withLedgerErrors(path, () => inTransaction(database, work)),
    piece: (work) =>
      withLedgerErrors(path, () => {
        database.exec("SAVEPOINT piece");
        try {
          const result = work();
          database.exec("RELEASE piece");
          return result;
        } catch (error) {
          // Where SQLite gave up the whole transaction, there is nothing to go back to.
          if (database.isTransaction) database.exec("ROLLBACK TO piece; RELEASE piece");
          throw error;
        }
      }),
  });
  const stored = (name: string): StoredAccount => {
    const found = rows.find(name);
    if (found === undefined)
      throw unusable(path, `has lost its account "${name}"; put a good copy in its place`);
    return found;
  };
  const accountOf = (name: string): Account => ({
    charge: (charges) =>
      together(() => {
        const { number, state: before } = stored(name);
        const { state, answer, charged } = stepAccount(before, {
          charges,
          known: (id) => rows.known(number, id),
        });
        if (charged.length > 0) rows.update(number, state, charged);
        return answer;
      }),
    read: () => together(() => exportOf(rows, { path, ...stored(name) })),
  });

  return {
    account: (name, budget) =>
      together(() => {
        const opened = rows.find(name)?.state.budget;
        if (opened === undefined) rows.create(openAccount(name, budget));
        else checkSameBudget(name, { opened, asked: budget });
        return accountOf(name);
      }),
    names: () => together(rows.names),
    read: (name) =>
      together(() => {
        const found = rows.find(name);
        return found && exportOf(rows, { path, ...found });
      }),
    most: (prefix) =>
      together(() => {
        const found = rows.most(prefix);
        return (
          found && {
            account: exportOf(rows, { path, ...stored(found.name) }),
            count: found.count,
          }
        );
      }),
    close: () => database.close(),
  };
}

/** An account with all of its charges, which have to add up to what it says. */
function exportOf(
  rows: AccountRows,
  { number, state, path }: StoredAccount & { readonly path: string },
): AccountExport {
  const { account, budget, totals, spent } = state;
  const charges = rows.charges(number);
  const summed = withCharges(noTotals, charges, account);
  if (JSON.stringify(summed) !== JSON.stringify(totals))
    throw unusable(
      path,
      `is damaged: the charges of account "${account}" do not add up to its totals; put a good copy in its place`,
    );
  return { account, budget, spent, charges };
}
