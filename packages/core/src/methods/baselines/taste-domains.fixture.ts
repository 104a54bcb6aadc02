import { splitClient, type SplitClient } from "../../data/index.ts";
import { number, tableOf, text } from "../../data/tables.fixture.ts";
import { streamOf, uniform, uniformBelow } from "../../random/index.ts";
import { emptyContext } from "../two-markets.fixture.ts";

const [USERS, ITEMS, TASTES, EVENTS] = [80, 40, 4, 7];

/**
 * Two domains with the same users: a user's taste is the same in both, and nine in ten of its items are of
 * it. All items are about as popular. Of each user and domain the last event is test, the one before
 * validation. `scrambled`: held-out events of a domain change places among its users.
 */
export function tasteDomains({ scrambled = false, candidates = 19 } = {}): readonly SplitClient[] {
  return ["books", "films"].map((client) => {
    const random = streamOf(7, "tastes", client);
    const lists = Array.from({ length: USERS }, (_, u) => {
      const items = new Set<number>();
      while (items.size < EVENTS) {
        const item = uniformBelow(random, ITEMS);
        if (item % TASTES === u % TASTES || uniform(random) < 0.03) items.add(item);
      }
      return [...items];
    });
    const held = lists.map((list) => list.splice(EVENTS - 2));
    const rows = lists.flatMap((list, u) =>
      [...list, ...held[scrambled ? (u + 1) % USERS : u]!].map((item, t) => ({ u, item, t })),
    );
    const table = tableOf({
      who: text(rows.map(({ u }) => `person-${u}`)),
      what: text(rows.map(({ item }) => `${client}-thing-${item}`)),
      when: number(rows.map(({ t }) => t)),
    });
    return splitClient(
      table,
      {
        client,
        columns: { user: "who", item: "what", time: "when", categorical: [], numeric: [] },
        feedback: "implicit",
        duplicates: "keep",
        split: { kind: "leave-one-out", minimumRows: 3 },
        negatives: { training: { ratio: 2 }, evaluation: { count: candidates } },
      },
      1,
    );
  });
}

/** One party that holds all domains. */
export function populationContext(splits: readonly SplitClient[]) {
  return { ...emptyContext(splits[0]!), name: "population-1", splits };
}
