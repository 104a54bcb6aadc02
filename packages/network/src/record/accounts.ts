import { addEntry } from "./audit.ts";
import { cellKeyOf, findCell, keyOf } from "./cells.ts";
import type { Store } from "./store.ts";
import type { RunRecord } from "./types.ts";
import { textOf } from "./values.ts";

export function accounts({ read, change }: Store): Pick<RunRecord, "setAccount" | "accounts"> {
  return {
    setAccount: ({ cell, client, account, nowMs }) =>
      change("setAccount", async (transaction) => {
        await findCell(transaction, cell);
        const changed = await transaction.query(
          `INSERT INTO accounts (run, seed, method, client, account) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (run, seed, method, client) DO UPDATE SET account = excluded.account
           WHERE accounts.account <> excluded.account RETURNING client`,
          [...keyOf(cell), client, account],
        );
        if (changed.length > 0)
          await addEntry(transaction, "account", { detail: { cell, client, account }, nowMs });
      }),
    accounts: async (run) => {
      const rows = await read(
        "SELECT * FROM accounts WHERE run = $1 ORDER BY seed, method, client",
        [run],
      );
      return rows.map((row) => ({
        cell: cellKeyOf(row),
        client: textOf(row, "client"),
        account: textOf(row, "account"),
      }));
    },
  };
}
