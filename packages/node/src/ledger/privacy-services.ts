import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Cryptography } from "@atoll/core/federation";
import type { Account, AccountExport, Ledger, PrivacyServices } from "@atoll/core/privacy";
import { keptSecret } from "./kept-secret.ts";
import { openLedger } from "./open-ledger.ts";

/** Where a party's releases are charged and what their noise is made of. Plain data. */
export interface PrivacyPlace {
  readonly ledgerPath: string;
  /** The file of the party's secret, made when the first noise is asked for. */
  readonly secretPath: string;
  readonly accountName: string;
  readonly run: string;
}

/**
 * What a party needs to release anything. Names of releases are told apart by a fingerprint of the secret: the
 * same name under another secret has other noise and is another release, such as that of a second run with the
 * same rows and seed.
 */
export function privacyServices(
  { ledgerPath, secretPath, accountName, run }: PrivacyPlace,
  { keyedBytes, randomBytes }: Cryptography,
): PrivacyServices {
  let secret: Uint8Array | undefined;
  const kept = () => (secret ??= keptSecret(secretPath, randomBytes));
  let file: Ledger | undefined;
  return {
    accountName,
    run,
    noise: (label) => keyedBytes(kept(), label),
    ledger: {
      account: async (name, budget) => {
        const ledger = (file ??= openLedger(ledgerPath));
        return named(await ledger.account(name, budget), fingerprintOf(kept()));
      },
    },
  };
}

/** What a party charged from this place, of all that its account knows; undefined where it charged nothing. */
export async function ownCharges({
  ledgerPath,
  secretPath,
  accountName,
}: PrivacyPlace): Promise<AccountExport | undefined> {
  if (!existsSync(ledgerPath) || !existsSync(secretPath)) return undefined;
  const prefix = `${fingerprintOf(keptSecret(secretPath, never))}/`;
  const file = openLedger(ledgerPath);
  try {
    const account = await file.read(accountName);
    const charges = account?.charges.filter(({ id }) => id.startsWith(prefix)) ?? [];
    return account === undefined || charges.length === 0 ? undefined : { ...account, charges };
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
