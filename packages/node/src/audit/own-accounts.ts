import { createHash } from "node:crypto";
import type { PrivacyConfig } from "@atoll/core/privacy";
import { keptSecret, type PrivacyPlace } from "../ledger/index.ts";

export interface PlaceOptions {
  /** Where its secret is kept. */
  readonly directory: string;
  readonly ledgerPath: string;
  readonly auditSeed: number;
}

/**
 * Where a party of an audit charges and what its noise is made of: a secret that belongs to the account's name and
 * the audit's seed, where a run would draw one, so that an audit can be repeated.
 */
export function placeOf(
  accountName: string,
  { directory, ledgerPath, auditSeed }: PlaceOptions,
): PrivacyPlace {
  const secretPath = `${directory}/noise.secret`;
  const shake = (outputLength: number) =>
    createHash("shake256", { outputLength })
      .update(JSON.stringify(["audit", auditSeed, accountName]))
      .digest();
  keptSecret(secretPath, (count) => new Uint8Array(shake(count)));
  return { ledgerPath, secretPath, accountName, run: accountName };
}

/** A promise with accounts of its own: what an audit trains is never handed out, and charges nobody's budget. */
export function withoutLedger(privacy: PrivacyConfig): PrivacyConfig {
  if (privacy.kind === "none") return privacy;
  const { ledger: _, ...own } = privacy;
  return own;
}
