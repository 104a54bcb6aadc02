import { unusable } from "./database.ts";

/** Of a ledger that trainings share, the account of releases that every client's rows are in. */
export const ALL_CLIENTS = "all clients";

/**
 * Refuses an account (PRIVACY_LEDGER) beside those that a shared ledger has: a row whose client has an account, and
 * that is in what `ALL_CLIENTS` released as well, loses in both, and neither knows of the other.
 */
export function checkAccountKinds(
  path: string,
  { asked, names }: { readonly asked: string; readonly names: readonly string[] },
): void {
  const other = names.find((name) => (name === ALL_CLIENTS) !== (asked === ALL_CLIENTS));
  if (other === undefined) return;
  throw unusable(
    path,
    asked === ALL_CLIENTS
      ? `has an account of one client, "${other}", and is asked for one of "${ALL_CLIENTS}"; ${WAY_OUT}`
      : `has the account of "${ALL_CLIENTS}", and is asked for one of the client "${asked}" alone; ${WAY_OUT}`,
  );
}

const WAY_OUT =
  "what both lose of one row would be in neither, so that no cap held: use another ledger, whose epsilons are to be added to this one's";
