import type { ClientContext } from "../../federation/client-context.ts";
import type { TrainingEvents } from "../../population/index.ts";
import { domainAt } from "../../request/index.ts";
import { domainDiagnostics, writeDomains } from "./diagnostics/index.ts";
import type { RetiredClients } from "./diagnostics/types.ts";
import type { PopulationWorld } from "./world.ts";

/** Users whose representations are looked at. */
const USERS = 500;

/**
 * Keeps what a trained party finds of its encoders on users' training sequences, in its own store; of users who
 * were promised something, only who retired.
 */
export async function storeFindings(
  context: Pick<ClientContext, "store">,
  { population, events, scorer, catalogue, augmentation }: PopulationWorld,
  {
    terms,
    retired,
    promised = false,
  }: {
    /** Mean terms of a user's loss in the last round. */
    readonly terms: Readonly<Record<string, number>>;
    readonly retired?: RetiredClients;
    readonly promised?: boolean;
  },
): Promise<void> {
  const { domains } = catalogue;
  if (promised) return writeDomains(context.store, domainDiagnostics(domains, { retired }));
  const all = events.starts.length - 1;
  const users = Int32Array.from({ length: all }, (_, user) => user)
    .filter((user) => events.starts[user + 1]! > events.starts[user]!)
    .filter((_, i, { length }) => i % Math.ceil(length / USERS) === 0);
  const values = await scorer.represent(users, events);
  const width = users.length === 0 ? 0 : values.length / users.length / (domains.length + 1);
  await writeDomains(
    context.store,
    domainDiagnostics(domains, {
      representations: { values, users: users.length, width },
      ...(domains.length > 1 && { commonUsers: commonUsersOf(events, population.itemStarts) }),
      retired,
      augmentation: augmentation && { ...augmentation.numbers, idra: terms["idra"] },
    }),
  );
}

/** Users with training events in more than one domain. */
function commonUsersOf({ starts, item }: TrainingEvents, itemStarts: Int32Array): number {
  let users = 0;
  for (let user = 0; user + 1 < starts.length; user++) {
    const own = item.subarray(starts[user], starts[user + 1]);
    const first = own.length > 0 ? domainAt(itemStarts, own[0]!) : 0;
    users += own.some((one) => domainAt(itemStarts, one) !== first) ? 1 : 0;
  }
  return users;
}
