import { posix } from "node:path";
import { methodOf } from "@atoll/core/methods";
import { ALL_CLIENTS } from "../ledger/index.ts";
import { columnsOfClients } from "./client-columns.ts";
import type { PrivateMethod } from "./privacy-checks.ts";
import type { PathIssue } from "./zod-issues.ts";

/**
 * Whether trainings that share a ledger charge to the same accounts. Where one charges client by client and
 * another what comes of all clients, one row loses in two accounts, and neither cap is its own.
 */
export function ledgerChecks(all: readonly PrivateMethod[]): PathIssue[] {
  const sharing = all.filter(({ privacy }) => privacy.ledger !== undefined);
  return sharing.flatMap((method, i) => [
    ...checkSameAccounts(method, sharing.slice(0, i)),
    ...checkName(method),
  ]);
}

function checkSameAccounts(
  { entry, privacy, at, ...method }: PrivateMethod,
  before: readonly PrivateMethod[],
): PathIssue[] {
  const own = comesOfAll({ entry, privacy });
  const other = before.find(
    (one) => fileOf(one) === fileOf({ privacy }) && comesOfAll(one) !== own,
  );
  if (other === undefined) return [];
  const [single, pooled] = own ? [other.entry.name, entry.name] : [entry.name, other.entry.name];
  const path = entry.privacy === undefined ? ["methods", method.i] : at("ledger");
  return [
    {
      path,
      message: `${privacy.ledger} would have an account of each client for ${single}, and one of all clients for ${pooled}: what a client's rows lose in both would be in neither, so that no cap held; give ${entry.name} a ledger of its own, whose epsilons are to be added`,
    },
  ];
}

function checkName({ experiment, privacy, at }: PrivateMethod): PathIssue[] {
  return columnsOfClients(experiment).some(({ client }) => client === ALL_CLIENTS)
    ? [
        {
          path: at("ledger"),
          message: `${privacy.ledger} calls the account of all clients together "${ALL_CLIENTS}", as one client is called; rename the client, or remove ledger`,
        },
      ]
    : [];
}

/** Whether the server, or who holds all rows, releases; else each client does. */
function comesOfAll({ entry, privacy }: Pick<PrivateMethod, "entry" | "privacy">): boolean {
  return privacy.kind === "central" || methodOf(entry.kind).parties === "pooled";
}

function fileOf({ privacy }: Pick<PrivateMethod, "privacy">): string {
  return posix.normalize(privacy.ledger!);
}
