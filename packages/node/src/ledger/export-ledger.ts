import { existsSync } from "node:fs";
import { accountSchema, explainAccount } from "@atoll/core/privacy";
import { z } from "zod";
import { unusable } from "./database.ts";
import { openLedger } from "./open-ledger.ts";

/** A whole ledger as JSON; parsing gives accounts as `AccountExport`. */
export const ledgerSchema = z.strictObject({
  schema: z.literal("atoll/ledger/v1"),
  accounts: z.array(
    accountSchema.extend({ words: z.array(z.string()).describe("what its numbers mean") }),
  ),
});

export type LedgerExport = z.input<typeof ledgerSchema>;

/** Everything in the ledger of this path, with what it means in words, ready for JSON. */
export async function exportLedger(path: string): Promise<LedgerExport> {
  if (!existsSync(path)) throw unusable(path, "does not exist; give the path of a ledger");
  const ledger = openLedger(path);
  try {
    const accounts = [];
    for (const name of await ledger.names()) {
      const account = (await ledger.read(name))!;
      accounts.push({ ...account, words: [...explainAccount(account)] });
    }
    return ledgerSchema.encode({ schema: "atoll/ledger/v1", accounts });
  } finally {
    ledger.close();
  }
}
