import { describe, expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { encode } from "./encode.ts";
import { passOf } from "./pass.fixture.ts";
import { splitClient, type SplitRules } from "./split-client.ts";
import { number, tableOf, text } from "./tables.fixture.ts";

const rows = Array.from({ length: 40 }, (_, i) => i);
const table = (weights: readonly (number | null)[]) =>
  tableOf({
    click: number(rows.map((i) => i % 2)),
    colour: text(rows.map((i) => `c${i}`)),
    importance: number(weights),
  });
const rules: SplitRules = {
  client: "de",
  columns: { label: "click", weight: "importance", categorical: ["colour"], numeric: [] },
  feedback: "explicit",
  split: { kind: "random", valid: 0.1, test: 0.2 },
};

describe("weights of rows", () => {
  test("come with their rows into batches; padding counts nothing", () => {
    const { data, encoder } = encode([splitClient(table(rows.map((i) => i / 10)), rules, 1)], {
      minCount: 1,
    });
    let seen = 0;
    for (const batch of passOf(data, { batchSize: 16, random: streamOf(2) })) {
      for (let i = 0; i < batch.numRows; i++) {
        const value = encoder.vocabularies["colour"]![batch.categorical[i]! - 2]!;
        expect(batch.weight[i]).toBe(Math.fround(Number(value.slice(1)) / 10));
        seen += 1;
      }
      expect([...batch.weight.subarray(batch.numRows)].every((weight) => weight === 0)).toBe(true);
    }
    expect(seen).toBe(data.train.numRows);
  });

  test("missing, negative and infinite ones are refused", () => {
    const weights = rows.map((i) => (i === 3 ? null : i === 7 ? -1 : i === 9 ? Infinity : 1));
    expect(() => splitClient(table(weights), rules, 1)).toThrow(
      'weight column "importance" holds no weight in 3 of 40 rows, first nothing in row 4',
    );
  });
});
