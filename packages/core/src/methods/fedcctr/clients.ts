import type { ClientContext } from "../../federation/client-context.ts";
import { shuffle, streamOf } from "../../random/index.ts";
import type { ShardClients } from "./client-events.ts";
import type { FedcctrSettings } from "./config.ts";
import { peopleOf } from "./people.ts";

/** The clients of the federation, and those of them that one party simulates. */
export interface SimulatedClients extends ShardClients {
  /** Of all parties together. */
  readonly numClients: number;
}

/** The place of a party among those that share the clients: 0 of `method-1`. The first one evaluates. */
export function shardOf({ name }: Pick<ClientContext, "name">): number {
  const shard = Number(name.slice(name.lastIndexOf("-") + 1)) - 1;
  if (!Number.isInteger(shard) || shard < 0)
    throw new RangeError(`party "${name}" is no shard; its name ends with its number, from 1`);
  return shard;
}

/**
 * Clients c with c mod shards = shard. A client is a user; a cohort, users that follow one another in an order
 * drawn by the seed; or a silo, everybody as one domain sees them.
 */
export function clientsOf(
  context: ClientContext,
  { clients, shards }: Pick<FedcctrSettings, "clients" | "shards">,
): SimulatedClients {
  const { catalogue, events } = peopleOf(context);
  const numUsers = events.starts.length - 1;
  const shard = shardOf(context);
  const simulated = (numClients: number): Pick<SimulatedClients, "numClients" | "numbers"> => ({
    numClients,
    numbers: Int32Array.from({ length: numClients }, (_, client) => client).filter(
      (client) => client % shards === shard,
    ),
  });
  if (clients === "user")
    return { ...simulated(numUsers), usersOf: (client) => Int32Array.of(client) };
  const users = Int32Array.from({ length: numUsers }, (_, user) => user);
  if (clients === "silo")
    return {
      ...simulated(catalogue.domains.length),
      usersOf: () => users,
      domainOf: (client) => client,
    };
  const { cohort } = clients;
  shuffle(streamOf(context.seed, "cohorts"), users);
  return {
    ...simulated(Math.ceil(numUsers / cohort)),
    usersOf: (client) => users.subarray(client * cohort, (client + 1) * cohort),
  };
}
