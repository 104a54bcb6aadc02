import { canonicalJson } from "@atoll/core/federation";
import { withoutCharges, type PartyAccount } from "@atoll/node/ledger";

/** Longest account that the protocol carries. */
const MOST_LETTERS = 100_000;

/**
 * An account as it is reported, canonical JSON. Where it is too long with all of its charges, what they came to stands
 * for them: the budget, what was spent, and how many releases of which kind there were.
 */
export function accountText(account: PartyAccount, mostLetters = MOST_LETTERS): string {
  const text = canonicalJson(account);
  return text.length <= mostLetters ? text : canonicalJson(withoutCharges(account));
}
