import type { SplitClient } from "@atoll/core/data";
import { knownBy, type NewRequest } from "@atoll/core/serving";
import { methodOf, readHistories, readKeptPopulation } from "@atoll/core/methods";
import type { MethodDefinition, MethodSettings } from "@atoll/core/methods";
import { populationOf, requestsOf, userOf, VALID } from "@atoll/core/population";
import type { Executor } from "@atoll/core/tensor";
import {
  peopleInOrder,
  runPopulation,
  small,
} from "../../../../core/src/methods/fedcctr/people.fixture.ts";

/** What a party kept of a run, and what the run's evaluation gave for every test list. */
export async function servedPeople(
  input: Readonly<Record<string, unknown>> & { readonly kind: string },
  {
    executor,
    settings,
    splits = peopleInOrder(8),
  }: {
    readonly executor: Executor;
    readonly settings?: MethodSettings;
    readonly splits?: readonly SplitClient[];
  },
) {
  const definition = methodOf(input.kind) as unknown as MethodDefinition<{ readonly kind: string }>;
  const { contexts, scores } = await runPopulation(definition, input, {
    splits,
    executor,
    ...(settings && { settings }),
  });
  const [context] = contexts;
  const kept = (await readKeptPopulation(context!.store))!;
  const histories = (await readHistories(context!.store))!;
  const known = knownBy(kept, histories);
  const population = populationOf(splits);
  const listsOf = (domain: number): readonly NewRequest[] => {
    const part = context!.memory.data!.parts[domain]!;
    const { event, item } = requestsOf(population)(part.test.examples(), part.client);
    return [...new Set(event)].map((number) => {
      const days = population.days[number]!;
      const user = known.userOf(population.userIds[userOf(population, number)]!);
      return {
        user,
        days,
        items: known.eventsOf(user, { domain, days }),
        candidates: item.filter((_, i) => event[i] === number),
      };
    });
  };
  // Validation events are known to requests, and count for no popularity.
  const heldOut = population.part.filter((part) => part === VALID).length;
  return { kept, histories, known, listsOf, scores, heldOut };
}

/** The smallest models of users in one place. */
export const pooled = { ...small, usersPerStep: 8 } as const;
