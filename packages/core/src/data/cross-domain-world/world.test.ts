import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitClient } from "../split-client.ts";
import type { RawTable } from "../table.ts";
import { trueScore } from "../true-affinity.ts";
import { columnsOfDomains } from "./columns.ts";
import { crossDomainConfig } from "./config.ts";
import { crossDomainWorld } from "./world.ts";

const parse = (settings: object = {}) =>
  crossDomainConfig.parse({
    kind: "cross-domain",
    users: 400,
    domains: { games: { items: 120 }, toys: { items: 90, share: 2 } },
    events: { min: 5, max: 12 },
    ...settings,
  });

interface Event {
  readonly client: string;
  readonly user: string;
  readonly item: number;
  readonly time: number;
  readonly part: string;
}

function textOf({ columns }: RawTable, name: string) {
  const column = columns[name]!;
  if (column.kind !== "text") throw new Error(`${name} holds numbers`);
  return column;
}

function eventsOf(client: string, table: RawTable): Event[] {
  const time = table.columns["time"]!;
  if (time.kind !== "number") throw new Error("time holds text");
  const user = textOf(table, "user");
  const item = textOf(table, "item");
  const part = textOf(table, "part");
  return Array.from({ length: table.numRows }, (_, row) => ({
    client,
    user: user.values[user.codes[row]!]!,
    item: item.codes[row]!,
    time: time.values[row]!,
    part: part.values[part.codes[row]!]!,
  }));
}

function usersOf(config: ReturnType<typeof parse>): ReadonlyMap<string, readonly Event[]> {
  const events = crossDomainWorld(config)
    .flatMap(({ client, table }) => eventsOf(client, table))
    .toSorted((a, b) => a.time - b.time);
  return Map.groupBy(events, ({ user }) => user);
}

describe("a cross-domain world", () => {
  const settings = fc.record({
    users: fc.integer({ min: 10, max: 25 }),
    events: fc.record({
      min: fc.integer({ min: 3, max: 6 }),
      max: fc.integer({ min: 6, max: 15 }),
    }),
    sharedWeight: fc.double({ min: 0, max: 1, noNaN: true }),
    taste: fc.double({ min: 0, max: 6, noNaN: true }),
    sequence: fc.double({ min: 0, max: 6, noNaN: true }),
    bursts: fc.double({ min: 0, max: 8, noNaN: true }),
    days: fc.integer({ min: 1, max: 400 }),
    activeDays: fc.constant(1),
    topics: fc.integer({ min: 1, max: 30 }),
    worldSeed: fc.nat(),
  });

  test("holds out each user's very last event and the one before, and sells nobody an item twice", () =>
    fc.assert(
      fc.property(settings, (drawn) => {
        const users = usersOf(parse(drawn));
        expect(users.size).toBe(drawn.users);
        for (const events of users.values()) {
          expect(events.length).toBeGreaterThanOrEqual(drawn.events.min);
          expect(events.length).toBeLessThanOrEqual(drawn.events.max);
          expect(events.slice(-2).map(({ part }) => part)).toEqual(["valid", "test"]);
          expect(events.slice(0, -2).every(({ part }) => part === "train")).toBe(true);
          expect(new Set(events.map(({ time }) => time)).size).toBe(events.length);
          expect(new Set(events.map(({ client, item }) => `${client} ${item}`)).size).toBe(
            events.length,
          );
        }
      }),
      { numRuns: 30 },
    ));

  test("has the same users when there are more of them, and domains that know nothing of each other's names", () => {
    const few = usersOf(parse({ users: 50 }));
    const many = usersOf(parse({ users: 200 }));
    for (const [user, events] of few) expect(many.get(user)).toEqual(events);
    const itemsOf = (domains: object) => crossDomainWorld(parse({ domains, titles: {} }))[0]!;
    const other = itemsOf({ games: { items: 120 }, music: { items: 40 }, books: { items: 70 } });
    const usual = itemsOf({ games: { items: 120 }, toys: { items: 90 } });
    expect(other.affinity!.item).toEqual(usual.affinity!.item);
    const titlesOf = ({ table }: typeof usual) => textOf(table, "title").values;
    expect(titlesOf(other)).toEqual(titlesOf(usual));
  });

  test("sends two thirds of the events to a domain with twice the share", () => {
    const [games, toys] = crossDomainWorld(parse());
    const total = games!.table.numRows + toys!.table.numRows;
    const deviation = Math.sqrt((1 / 3) * (2 / 3) * total);
    expect(Math.abs(toys!.table.numRows - (2 / 3) * total)).toBeLessThan(4 * deviation);
  });

  test("chooses test items as its truth says: their log-likelihood lies within four standard errors", () => {
    const config = parse({ users: 1500 });
    const users = usersOf(config);
    let surprise = 0;
    let variance = 0;
    let tested = 0;
    for (const { client, table, affinity } of crossDomainWorld(config)) {
      const numberOf = new Map(textOf(table, "user").values.map((id, u) => [id, u]));
      for (const [id, events] of users) {
        const last = events.at(-1)!;
        if (last.client !== client) continue;
        const had = new Set(
          events.slice(0, -1).flatMap((event) => (event.client === client ? [event.item] : [])),
        );
        const open = Array.from({ length: config.domains[client]!.items }, (_, i) => i).filter(
          (i) => !had.has(i),
        );
        const scores = open.map((i) => trueScore(affinity!, numberOf.get(id)!, i));
        const log = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
        const mean = scores.reduce((sum, score) => sum + Math.exp(score - log) * (score - log), 0);
        surprise += scores[open.indexOf(last.item)]! - log - mean;
        for (const score of scores) variance += Math.exp(score - log) * (score - log - mean) ** 2;
        tested += 1;
      }
    }
    expect(tested).toBe(1500);
    expect(Math.abs(surprise)).toBeLessThan(4 * Math.sqrt(variance));
  });

  test("has bursts of the density of von Mises: the mean cosine of the angle to the peak is I1(5) / I0(5)", () => {
    const still = { taste: 0, sequence: 0, popularity: 0, bursts: 5, days: 600 };
    const domains = { a: { items: 4000 }, b: { items: 4000 } };
    const [a] = crossDomainWorld(parse({ ...still, domains, users: 2000 }));
    const { width, item } = a!.affinity!;
    const events = eventsOf("a", a!.table);
    const cosines = events.map(({ item: i, time }) => {
      const angle = (2 * Math.PI * time) / (600 * 86_400_000);
      const [cos, sin] = item.subarray((i + 1) * width - 2, (i + 1) * width);
      return Math.cos(angle) * cos! + Math.sin(angle) * sin!;
    });
    // I1(5) / I0(5), Abramowitz and Stegun, table 9.8.
    expect(cosines.reduce((sum, cos) => sum + cos, 0) / events.length).toBeCloseTo(0.8934, 2);
  });

  test("is read as any client: the split is that of the column part, text and times are known", () => {
    const config = parse({ titles: { words: 3 } });
    for (const { client, table, affinity } of crossDomainWorld(config)) {
      const split = splitClient(
        table,
        {
          client,
          columns: columnsOfDomains(config),
          feedback: "implicit",
          split: { kind: "given", column: "part" },
          negatives: { evaluation: { count: 20 } },
          affinity: affinity!,
        },
        1,
      );
      const tested = eventsOf(client, table).filter(({ part }) => part === "test").length;
      expect(split.test).toHaveLength(tested);
      expect(split.timeUnit).toBe("milliseconds");
      const { text } = split;
      if (text?.kind !== "text") throw new Error("titles are text");
      expect(text.codes).toHaveLength(table.numRows);
      expect(text.values[0]!.split(" ")).toHaveLength(3);
    }
  });
});
