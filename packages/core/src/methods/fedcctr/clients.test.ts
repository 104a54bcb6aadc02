import fc from "fast-check";
import { expect, test } from "vitest";
import { jaxExecutor } from "../../tensor/index.ts";
import { clientsOf, shardOf } from "./clients.ts";
import type { FedcctrSettings } from "./config.ts";
import { contextsOf, peopleInOrder } from "./people.fixture.ts";

const splits = peopleInOrder(9);
/** Nine, and the one who has everything. */
const USERS = 10;

const contextOf = (shard: number) =>
  contextsOf({ splits, executor: jaxExecutor(), parties: [`some-method-${shard + 1}`] })[0]!;

test("shards share all clients among them, and each client has its users wherever it is", () => {
  const kinds = fc.oneof(
    fc.constantFrom<"user" | "silo">("user", "silo"),
    fc.record({ cohort: fc.integer({ min: 1, max: 12 }) }),
  );
  fc.assert(
    fc.property(kinds, fc.integer({ min: 1, max: 4 }), (clients, shards) => {
      const config: Pick<FedcctrSettings, "clients" | "shards"> = { clients, shards };
      const parties = Array.from({ length: shards }, (_, shard) =>
        clientsOf(contextOf(shard), config),
      );
      const [{ numClients }] = parties as [(typeof parties)[0]];
      const numbers = parties.flatMap((party) => [...party.numbers]);
      expect(numbers.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: numClients }, (_, client) => client),
      );
      const usersIn = ({ usersOf }: (typeof parties)[0]) =>
        numbers.map((client) => [...usersOf(client)]);
      for (const party of parties) expect(usersIn(party)).toEqual(usersIn(parties[0]!));
      if (clients === "silo") return;
      expect(
        usersIn(parties[0]!)
          .flat()
          .toSorted((a, b) => a - b),
      ).toEqual(Array.from({ length: USERS }, (_, user) => user));
    }),
    { numRuns: 30 },
  );
});

test("a cohort has so many users, the last one what is left; a silo one domain of everybody", () => {
  const cohorts = clientsOf(contextOf(0), { clients: { cohort: 4 }, shards: 1 });
  expect([0, 1, 2].map((client) => cohorts.usersOf(client).length)).toEqual([4, 4, 2]);
  const silos = clientsOf(contextOf(0), { clients: "silo", shards: 1 });
  expect(silos.numClients).toBe(2);
  expect([0, 1].map((client) => silos.domainOf!(client))).toEqual([0, 1]);
  expect(silos.usersOf(1)).toHaveLength(USERS);
});

test("a party's name ends with its number", () => {
  expect(shardOf({ name: "my-method-3" })).toBe(2);
  expect(() => shardOf({ name: "food" })).toThrow('party "food" is no shard');
});
