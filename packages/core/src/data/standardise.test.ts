import { expect, test } from "vitest";
import { splitClient } from "./split-client.ts";
import { scalerOf } from "./standardise.ts";
import { explicitRules, number, tableOf, text } from "./tables.fixture.ts";

function clientWith(client: string, price: (row: number) => number | null, numRows = 30) {
  const table = tableOf({
    click: number(Array.from({ length: numRows }, (_, row) => row % 2)),
    colour: text(Array(numRows).fill("red")),
    price: number(Array.from({ length: numRows }, (_, row) => price(row))),
  });
  return splitClient(table, { ...explicitRules, client }, 3);
}

test("a constant 0.1 stays 0 although the mean of three 0.1 is 0.10000000000000002", () => {
  const scale = scalerOf([clientWith("de", () => 0.1)], "price");
  expect([scale(0.1), scale(7), scale(NaN)]).toEqual([0, 0, 0]);
});

test("a column without any number is 0", () => {
  expect(scalerOf([clientWith("de", () => null)], "price")(3)).toBe(0);
});

test("pooled clients are scaled by the mean and deviation over all their training rows", () => {
  // Training rows: 18 of de with 1, 18 of fr with 5 (the others are far away, and must not matter).
  const at = (client: string, value: number) => {
    const rows = new Set(clientWith(client, () => value).train);
    return clientWith(client, (row) => (rows.has(row) ? value : 1e6));
  };
  const scale = scalerOf([at("de", 1), at("fr", 5)], "price");
  expect([scale(1), scale(5), scale(4), scale(NaN)]).toEqual([-1, 1, 0.5, 0]);
});

test("large numbers keep their spread: 1e9 + {1, 2, 3} is scaled by sqrt(2/3)", () => {
  const split = clientWith("de", () => 0);
  const price = new Float64Array(30);
  split.train.forEach((row, i) => (price[row] = 1e9 + 1 + (i % 3)));
  const scale = scalerOf([clientWith("de", (row) => price[row]!)], "price");
  expect(scale(1e9 + 3)).toBeCloseTo(1 / Math.sqrt(2 / 3), 9);
});
