import type { TrainingEvents } from "@atoll/core/population";
import { streamOf, uniform, uniformBelow } from "@atoll/core/random";

/** A round of user-clients. */
export interface RoundSetting {
  readonly clients: number;
  readonly itemsPerDomain: number;
  /** Training events of a user: uniform between these. */
  readonly events: readonly [number, number];
  readonly length: number;
  readonly domainLength: number;
  readonly negatives: number;
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly dropout: number;
  readonly cdrd: { readonly weight: number; readonly temperature: number };
  /** Users that go through one program together. */
  readonly chunk: number;
  readonly clipNorm: number;
}

export const SETTING: RoundSetting = {
  clients: 5000,
  itemsPerDomain: 10_000,
  events: [6, 31],
  length: 30,
  domainLength: 20,
  negatives: 100,
  width: 64,
  blocks: 2,
  heads: 2,
  dropout: 0.2,
  cdrd: { weight: 0.5, temperature: 0.2 },
  chunk: 64,
  clipNorm: 1,
};

/** Users with events in both of two domains at random; items repeat seldom, as in shops. */
export function eventsOf({ clients, events: [least, most], itemsPerDomain }: RoundSetting): {
  readonly events: TrainingEvents;
  readonly itemStarts: Int32Array;
} {
  const random = streamOf(1, "benchmark", "fedcctr");
  const starts = new Int32Array(clients + 1);
  for (let user = 0; user < clients; user++)
    starts[user + 1] = starts[user]! + least + uniformBelow(random, most - least + 1);
  const total = starts[clients]!;
  const item = new Int32Array(total);
  for (let i = 0; i < total; i++)
    // Squared: low numbers are popular.
    item[i] =
      itemsPerDomain * uniformBelow(random, 2) + Math.floor(itemsPerDomain * uniform(random) ** 2);
  return {
    events: { starts, item, days: new Float64Array(total) },
    itemStarts: Int32Array.of(0, itemsPerDomain, 2 * itemsPerDomain),
  };
}
