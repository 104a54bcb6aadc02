import type { DatabaseSync } from "node:sqlite";
import {
  budgetSchema,
  type AccountState,
  type Budget,
  type Charge,
  type Spent,
  type Totals,
} from "@atoll/core/privacy";

/** Accounts and charges as rows. Every call has to be within a transaction. */
export interface AccountRows {
  readonly names: () => string[];
  /** Of the accounts whose names begin so: how many there are, and which has spent most. */
  readonly most: (prefix: string) => { readonly count: number; readonly name: string } | undefined;
  readonly find: (name: string) => StoredAccount | undefined;
  readonly create: (state: AccountState) => void;
  readonly known: (number: number, id: string) => Charge | undefined;
  /** The charges were made in the step that led to the state. */
  readonly update: (number: number, state: AccountState, charged: readonly Charge[]) => void;
  /** In the order in which they were charged. */
  readonly charges: (number: number) => (Charge & { readonly spentAfter: Spent })[];
}

export interface StoredAccount {
  readonly number: number;
  readonly state: AccountState;
}

/** Columns of `Spent`. */
interface SpentRow {
  readonly epsilon: number;
  readonly unamplified: number | null;
  readonly amplified: number | null;
}

interface AccountRow extends SpentRow {
  readonly number: number;
  readonly budget: string;
  readonly totals: string;
}

type ChargeValues = readonly [
  id: string,
  charge: string,
  epsilon: number,
  unamplified: number | null,
  amplified: number | null,
];

export function accountRows(database: DatabaseSync): AccountRows {
  const names = database.prepare("SELECT name FROM accounts ORDER BY number");
  const most = database.prepare(
    "SELECT name, count(*) OVER () AS count FROM accounts WHERE substr(name, 1, length(?)) = ? ORDER BY epsilon DESC, number LIMIT 1",
  );
  const find = database.prepare("SELECT * FROM accounts WHERE name = ?");
  const create = database.prepare(
    "INSERT INTO accounts (name, budget, totals, epsilon, unamplified, amplified) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const update = database.prepare(
    "UPDATE accounts SET totals = ?, epsilon = ?, unamplified = ?, amplified = ? WHERE number = ?",
  );
  const known = database.prepare("SELECT charge FROM charges WHERE account = ? AND id = ?");
  const insert = database.prepare(
    "INSERT INTO charges (account, id, charge, epsilon, unamplified, amplified) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const charges = database.prepare(
    "SELECT id, charge, epsilon, unamplified, amplified FROM charges WHERE account = ? ORDER BY number",
  );
  // Many rows: arrays take a third of the time of objects.
  charges.setReturnArrays(true);
  /** A budget is for good, and a plan may be long. */
  const budgets = new Map<number, Budget>();

  const budgetOf = ({ number, budget }: AccountRow): Budget => {
    let parsed = budgets.get(number);
    if (parsed === undefined) {
      parsed = budgetSchema.parse(JSON.parse(budget));
      budgets.set(number, parsed);
    }
    return parsed;
  };

  return {
    names: () => names.all().map(({ name }) => name as string),
    most: (prefix) =>
      most.get(prefix, prefix) as { readonly count: number; readonly name: string } | undefined,
    find: (name) => {
      const row = find.get(name) as AccountRow | undefined;
      return (
        row && {
          number: row.number,
          state: {
            account: name,
            budget: budgetOf(row),
            totals: JSON.parse(row.totals) as Totals,
            spent: spentIn(row),
          },
        }
      );
    },
    create: ({ account, budget, totals, spent }) => {
      const text = JSON.stringify(budgetSchema.encode(budget));
      create.run(account, text, JSON.stringify(totals), ...columns(spent));
    },
    known: (number, id) => {
      const row = known.get(number, id) as { readonly charge: string } | undefined;
      return row && chargeIn(id, row.charge);
    },
    update: (number, { totals, spent }, charged) => {
      for (const { id, ...rest } of charged)
        insert.run(number, id, JSON.stringify(rest), ...columns(spent));
      update.run(JSON.stringify(totals), ...columns(spent), number);
    },
    charges: (number) =>
      (charges.all(number) as unknown as ChargeValues[]).map(
        ([id, charge, epsilon, unamplified, amplified]) => ({
          ...chargeIn(id, charge),
          spentAfter: spentIn({ epsilon, unamplified, amplified }),
        }),
      ),
  };
}

function chargeIn(id: string, charge: string): Charge {
  return { id, ...(JSON.parse(charge) as Omit<Charge, "id">) };
}

function columns({ epsilon, unamplified, amplified }: Spent) {
  return [epsilon, unamplified ?? null, amplified ?? null] as const;
}

function spentIn({ epsilon, unamplified, amplified }: SpentRow): Spent {
  return {
    epsilon,
    ...(unamplified !== null && { unamplified }),
    ...(amplified !== null && { amplified }),
  };
}
