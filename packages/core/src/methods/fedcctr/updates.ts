import type { ClientContext } from "../../federation/client-context.ts";
import type { TrainingEvents } from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { addClipped, usersTotal, type UsersSum } from "../../training/population/index.ts";
import { eventsOfDomain } from "./client-events.ts";
import type { MethodSettings } from "../types.ts";
import type { SimulatedClients } from "./clients.ts";
import { stepAtHome, type FedcctrSettings } from "./config.ts";
import { minibatchesOf } from "./minibatches.ts";
import type { PopulationWorld } from "./world.ts";

/** Sums of what clients would send in a round. */
export interface ClientUpdates {
  /**
   * Adds the clients' updates, each clipped as a whole: a user's is the gradient of its loss, that of a client
   * with many users the mean over those who have something to learn from, or, where it makes
   * steps at home, what it lost by them: the model that came less the model that they end with.
   */
  readonly add: (
    clients: Int32Array,
    sum: Float64Array,
    options: { readonly round: number; readonly signal?: AbortSignal | undefined },
  ) => Promise<Omit<UsersSum, "norms">>;
}

/** Writes one client's update, unclipped, over `own`. */
type UpdateOf = (
  client: number,
  own: Float64Array,
  options: {
    readonly round: number;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress: (share: number) => void;
  },
) => Promise<Omit<UsersSum, "norms">>;

type UpdatingWorld = Pick<
  PopulationWorld,
  "arena" | "learned" | "gradients" | "events" | "population"
>;

export function clientUpdates(
  context: Pick<ClientContext, "name" | "seed" | "onProgress">,
  settings: Pick<MethodSettings, "training" | "federation">,
  config: Pick<FedcctrSettings, "clients" | "usersPerStep">,
  {
    world,
    clients: { usersOf, domainOf },
    bound,
  }: {
    readonly world: UpdatingWorld;
    readonly clients: SimulatedClients;
    readonly bound: number | undefined;
  },
): ClientUpdates {
  const { seed } = context;
  const { gradients, events, population } = world;
  const views = new Map<number, TrainingEvents>();
  const viewOf = (client: number): TrainingEvents | undefined => {
    if (domainOf === undefined) return undefined;
    const domain = domainOf(client);
    const made = views.get(domain) ?? eventsOfDomain(events, population.itemStarts, domain);
    views.set(domain, made);
    return made;
  };
  const userStreams = (round: number) => (user: number) => streamOf(seed, round, "user", user);

  const meanGradient: UpdateOf = async (client, own, { round, signal }) => {
    own.fill(0);
    const of = await gradients.add(usersOf(client), own, {
      streamOf: userStreams(round),
      view: viewOf(client),
      signal,
    });
    if (of.users > 0) for (let i = 0; i < own.length; i++) own[i]! /= of.users;
    return of;
  };

  const changeByPasses = (size: { readonly usersPerStep: number }): UpdateOf => {
    const { values } = world.learned;
    const { restart, train } = minibatchesOf(context, settings, size, world);
    const start = new Float32Array(values.length);
    return async (client, own, { round, ...options }) => {
      start.set(values);
      restart();
      try {
        const total = await train(usersOf(client), {
          round,
          streamOf: (...path) => streamOf(seed, round, "client", client, ...path),
          view: viewOf(client),
          ...options,
        });
        for (let i = 0; i < own.length; i++) own[i] = start[i]! - values[i]!;
        return total.sum();
      } finally {
        values.set(start);
      }
    };
  };

  const usersPerStep = stepAtHome(config);
  const updateOf = usersPerStep === undefined ? meanGradient : changeByPasses({ usersPerStep });
  const onProgress = (share: number) => context.onProgress?.({ work: "training", share });
  return {
    add: async (clients, sum, { round, signal }) => {
      if (config.clients === "user")
        return gradients.add(clients, sum, {
          streamOf: userStreams(round),
          bound,
          signal,
          onProgress,
        });
      const own = new Float64Array(sum.length);
      const total = usersTotal();
      for (const [i, client] of clients.entries()) {
        const of = await updateOf(client, own, {
          round,
          signal,
          onProgress: (share) => onProgress((i + share) / clients.length),
        });
        onProgress((i + 1) / clients.length);
        if (of.users === 0) continue;
        addClipped(own, bound ?? Infinity, sum);
        total.add(of);
      }
      return total.sum();
    },
  };
}
