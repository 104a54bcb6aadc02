import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Cryptography } from "@atoll/core/federation";
import type { Account, AccountExport, PrivacyServices } from "@atoll/core/privacy";
import type { AccountTotals } from "./account-totals.ts";
import { checkAccountKinds } from "./account-kinds.ts";
import { unusable } from "./database.ts";
import { keptSecret } from "./kept-secret.ts";
import { openLedger, type LedgerFile } from "./open-ledger.ts";

/** Where a party's releases are charged and what their noise is made of. Plain data. */
export interface PrivacyPlace {
  readonly ledgerPath: string;
  /** The file of the party's secret, made when the first noise is asked for. */
  readonly secretPath: string;
  readonly accountName: string;
  /** Whether other trainings charge to accounts of the ledger too. */
  readonly shared?: boolean;
  readonly run: string;
}

/**
 * What a party needs to release anything. Names of releases are told apart by a fingerprint of the secret: the
 * same name under another secret has other noise and is another release, such as that of a second run with the
 * same rows and seed.
 */
export function privacyServices(
  { ledgerPath, secretPath, accountName, shared = false, run }: PrivacyPlace,
  { keyedBytes, randomBytes }: Cryptography,
): PrivacyServices {
  let file: LedgerFile | undefined;
  const opened = () => (file ??= openLedger(ledgerPath));
  let secret: Uint8Array | undefined;
  const kept = () => {
    // Never a secret without a ledger: `checkLedgerKept` rests on it.
    opened();
    return (secret ??= keptSecret(secretPath, randomBytes));
  };
  const checkKinds = async (asked: string) => {
    if (shared) checkAccountKinds(ledgerPath, { asked, names: await opened().names() });
  };
  return {
    accountName,
    run,
    noise: (label) => keyedBytes(kept(), label),
    ledger: {
      account: async (name, budget) => {
        await checkKinds(name);
        const account = await opened().account(name, budget);
        // Another process may have opened one in between.
        await checkKinds(name);
        return named(account, fingerprintOf(kept()));
      },
    },
  };
}

/**
 * Refuses to go on (PRIVACY_LEDGER) where a party has drawn noise before and its ledger is gone: what it released
 * would be forgotten.
 */
export function checkLedgerKept({ ledgerPath, secretPath }: PrivacyPlace): void {
  if (existsSync(secretPath) && !existsSync(ledgerPath))
    throw unusable(
      ledgerPath,
      "is gone, and with it what this run was charged; put it back as it was, or begin a run anew and add what this one released",
    );
}

/** An account, and of how many accounts of single clients it is the one that has spent most. */
export type PartyAccount = AccountExport & {
  readonly clients?: number;
  /** Stands for `charges`, of which there are none then, where they were too many to be sent. */
  readonly totals?: AccountTotals;
};

/**
 * What a party charged from this place, of all that its account knows; undefined where it has no account. Of a
 * party that simulates clients with accounts of their own, what the one was charged that has spent most.
 */
export async function ownCharges({
  ledgerPath,
  secretPath,
  accountName,
  shared = false,
}: PrivacyPlace): Promise<PartyAccount | undefined> {
  if (!existsSync(ledgerPath) || !existsSync(secretPath)) return undefined;
  const prefix = `${fingerprintOf(keptSecret(secretPath, never))}/`;
  const file = openLedger(ledgerPath);
  try {
    const own = await file.read(accountName);
    const most = own === undefined && !shared ? await file.most(`${accountName}/`) : undefined;
    const account = own ?? most?.account;
    return (
      account && {
        ...account,
        charges: account.charges.filter(({ id }) => id.startsWith(prefix)),
        ...(most && { clients: most.count }),
      }
    );
  } finally {
    file.close();
  }
}

function never(): never {
  throw new RangeError("no secret is made where there is one");
}

function fingerprintOf(secret: Uint8Array): string {
  return createHash("sha256")
    .update("atoll/fingerprint/")
    .update(secret)
    .digest("hex")
    .slice(0, 16);
}

function named(account: Account, prefix: string): Account {
  return {
    read: account.read,
    charge: (charges) =>
      account.charge(charges.map((charge) => ({ ...charge, id: `${prefix}/${charge.id}` }))),
  };
}
