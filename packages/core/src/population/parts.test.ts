import { describe, expect, test } from "vitest";
import { encode } from "../data/index.ts";
import { TEST, VALID, populationOf, populationParts, requestsOf } from "./index.ts";
import { twoDomains } from "./tables.fixture.ts";

const splits = twoDomains();
const population = populationOf(splits);
const parts = populationParts(splits);

describe.each(parts)("part $client", (part) => {
  const split = splits.find(({ client }) => client === part.client)!;

  test("lists, labels and users are those that encoding makes", () => {
    const encoded = encode([split], { minCount: 1 }).data.parts[0]!;
    for (const which of ["valid", "test"] as const) {
      const { numRows, list, label, user, at, itemAt } = encoded[which].examples();
      expect(part[which].examples()).toMatchObject({ numRows, list, label, user, at, itemAt });
    }
  });

  test.each(["valid", "test"] as const)("%s examples are requests of held-out events", (which) => {
    const examples = part[which].examples();
    const { event, item } = requestsOf(population)(examples, part.client);
    const domain = population.domains.indexOf(part.client);
    const { item: itemOfRow, rowOfItem } = split.sampling!;
    const candidates = split.sampling![`${which}Candidates`];
    let at = 0;
    split[which].forEach((row, list) => {
      const positive = population.eventOfRow[domain]![row]!;
      expect(population.part[positive]).toBe(which === "valid" ? VALID : TEST);
      const expected = [
        itemOfRow[row]!,
        ...candidates.items.subarray(candidates.offsets[list], candidates.offsets[list + 1]),
      ].map((own) => population.item[population.eventOfRow[domain]![rowOfItem[own]!]!]!);
      expect([...item.subarray(at, at + expected.length)]).toEqual(expected);
      for (const candidate of expected) {
        expect(candidate).toBeGreaterThanOrEqual(population.itemStarts[domain]!);
        expect(candidate).toBeLessThan(population.itemStarts[domain + 1]!);
        expect(event[at++]).toBe(positive);
      }
    });
    expect(at).toBe(examples.numRows);
  });

  test("some of the examples are the same stretch of all", () => {
    const read = requestsOf(population);
    const all = read(part.test.examples(), part.client);
    const some = read(part.test.examples(), part.client, { from: 1, to: 2 });
    expect(some).toEqual({ event: all.event.slice(1, 2), item: all.item.slice(1, 2) });
  });
});
