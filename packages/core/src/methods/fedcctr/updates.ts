import type { ClientContext } from "../../federation/client-context.ts";
import type { TrainingEvents } from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { addClipped, usersTotal, type UsersSum } from "../../training/population/index.ts";
import { eventsOfDomain } from "./client-events.ts";
import type { SimulatedClients } from "./clients.ts";
import type { FedcctrSettings } from "./config.ts";
import type { PopulationWorld } from "./world.ts";

/** Sums of what clients would send in a round. */
export interface ClientUpdates {
  /**
   * Adds the clients' updates, each clipped as a whole: a user's is the gradient of its loss, that of a client
   * with many users the mean over those who have something to learn from.
   */
  readonly add: (
    clients: Int32Array,
    sum: Float64Array,
    options: { readonly round: number; readonly signal?: AbortSignal | undefined },
  ) => Promise<Omit<UsersSum, "norms">>;
}

export function clientUpdates(
  context: Pick<ClientContext, "seed" | "onProgress">,
  { clients: kind }: Pick<FedcctrSettings, "clients">,
  {
    world: { gradients, events, population },
    clients: { usersOf, domainOf },
    bound,
  }: {
    readonly world: Pick<PopulationWorld, "gradients" | "events" | "population">;
    readonly clients: SimulatedClients;
    readonly bound: number | undefined;
  },
): ClientUpdates {
  const { seed } = context;
  const views = new Map<number, TrainingEvents>();
  const viewOf = (client: number): TrainingEvents | undefined => {
    if (domainOf === undefined) return undefined;
    const domain = domainOf(client);
    const made = views.get(domain) ?? eventsOfDomain(events, population.itemStarts, domain);
    views.set(domain, made);
    return made;
  };
  const onProgress = (share: number) => context.onProgress?.({ work: "training", share });
  return {
    add: async (clients, sum, { round, signal }) => {
      const userStream = (user: number) => streamOf(seed, round, "user", user);
      if (kind === "user")
        return gradients.add(clients, sum, { streamOf: userStream, bound, signal, onProgress });
      const own = new Float64Array(sum.length);
      const total = usersTotal();
      for (const [i, client] of clients.entries()) {
        own.fill(0);
        const of = await gradients.add(usersOf(client), own, {
          streamOf: userStream,
          view: viewOf(client),
          signal,
        });
        onProgress((i + 1) / clients.length);
        if (of.users === 0) continue;
        for (let k = 0; k < own.length; k++) own[k]! /= of.users;
        addClipped(own, bound ?? Infinity, sum);
        total.add(of);
      }
      return total.sum();
    },
  };
}
