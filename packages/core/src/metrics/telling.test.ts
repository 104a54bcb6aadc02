import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RawColumn, SplitClient } from "../data/index.ts";
import { streamOf, uniform } from "../random/index.ts";
import { tellingFeatures } from "./telling.ts";

type Split = Parameters<typeof tellingFeatures>[0];

const number = (name: string, values: ArrayLike<number>): Split["numeric"][number] => ({
  name,
  of: "context",
  column: { kind: "number", values: Float64Array.from(values) },
  rule: { kind: "none" },
});

const text = (name: string, of: readonly (string | undefined)[]): Split["categorical"][number] => {
  const values = [...new Set(of.filter((value) => value !== undefined))];
  const codes = Int32Array.from(of, (value) => (value === undefined ? -1 : values.indexOf(value)));
  const column: RawColumn = { kind: "text", codes, values };
  return { name, of: "context", column, rule: { kind: "value" } };
};

function split(
  label: ArrayLike<number>,
  { numeric = [], categorical = [] }: Partial<Pick<SplitClient, "numeric" | "categorical">>,
): Split {
  return {
    label: Float32Array.from(label),
    train: Int32Array.from(label, (_, row) => row),
    numeric,
    categorical,
  };
}

const ROWS = 4000;
const times = <T>(make: (row: number) => T) => Array.from({ length: ROWS }, (_, row) => make(row));
const random = streamOf(7, "telling");
const chances = times(() => uniform(random));
/** Positive with the probability that `chances` says. */
const drawn = chances.map((chance) => (uniform(random) < chance ? 1 : 0));

describe("a number", () => {
  test("that is right for 95% of either class has AUC (1 + .95 - .05) / 2, whichever way it goes", () => {
    const label = times((row) => row % 2);
    const right = label.map((one, row) => (row % 40 < 2 ? 1 - one : one));
    const found = tellingFeatures(
      split(label, {
        numeric: [
          number("up", right),
          number(
            "down",
            right.map((value) => -value),
          ),
        ],
      }),
    );
    expect(found).toEqual([
      { feature: "up", auc: expect.closeTo(0.95, 12), reads: "label" },
      { feature: "down", auc: expect.closeTo(0.95, 12), reads: "label" },
    ]);
  });

  test("between classes that lie uniformly on [0, 1] and [s, 1 + s] has AUC 1 - (1 - s)^2 / 2", () => {
    const label = times((row) => row % 2);
    const shifted = (s: number) =>
      times((row) => Math.floor(row / 2) / (ROWS / 2) + s * label[row]!);
    const auc = (s: number) => 1 - (1 - s) ** 2 / 2;
    const found = tellingFeatures(
      split(label, { numeric: [number("below", shifted(0.54)), number("above", shifted(0.57))] }),
    );
    expect([auc(0.54), auc(0.57)]).toEqual([expect.closeTo(0.8942, 4), expect.closeTo(0.9076, 4)]);
    expect(found).toEqual([
      { feature: "above", auc: expect.closeTo(auc(0.57), 3), reads: "label" },
    ]);
  });

  test("that is the label's probability has AUC 5/6 where it is uniform; what only ranks as well is let be", () => {
    const found = tellingFeatures(
      split(drawn, {
        numeric: [
          number("chance", chances),
          number(
            "squared",
            chances.map((chance) => chance ** 2),
          ),
          number(
            "percent",
            chances.map((chance) => 100 * chance),
          ),
        ],
      }),
    );
    expect(found).toEqual([
      { feature: "chance", auc: expect.closeTo(5 / 6, 1.7), reads: "probability" },
    ]);
  });

  test("that is filled in only after a click gives it away by being there", () => {
    const found = tellingFeatures(
      split(drawn, {
        numeric: [
          number(
            "paid",
            drawn.map((one) => (one === 1 ? uniform(random) : Number.NaN)),
          ),
        ],
      }),
    );
    expect(found).toEqual([{ feature: "paid", auc: 1, reads: "label" }]);
  });
});

describe("a category", () => {
  test("is scored by the label rate of the other rows", () => {
    const label = times((row) => row % 2);
    const state = label.map((one, row) => ((row % 40 < 2 ? 1 - one : one) === 1 ? "sold" : "open"));
    expect(tellingFeatures(split(label, { categorical: [text("state", state)] }))).toEqual([
      { feature: "state", auc: expect.closeTo(0.95, 2), reads: "label" },
    ]);
  });

  test("that comes once tells nothing, but that it is there may", () => {
    const found = tellingFeatures(
      split(drawn, {
        categorical: [
          text("row", times(String)),
          text(
            "order",
            drawn.map((one, row) => (one === 1 ? `order ${row}` : undefined)),
          ),
        ],
      }),
    );
    expect(found).toEqual([{ feature: "order", auc: 1, reads: "label" }]);
  });

  test("that is a user's or an item's id is what models are for", () => {
    const who = drawn.map((one) => `u${one}`);
    expect(tellingFeatures(split(drawn, { categorical: [text("user", who)] }))).toEqual([]);
    expect(tellingFeatures(split(drawn, { categorical: [text("guest", who)] }))).toHaveLength(1);
  });
});

test("numbers, categories and missing values that have nothing to do with labels are never named", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 3000 }), (seed, distinct) => {
      const own = streamOf(seed, "nothing");
      const label = times(() => (uniform(own) < 0.2 ? 1 : 0));
      const values = times(() => Math.floor(uniform(own) * distinct) / distinct);
      const found = tellingFeatures(
        split(label, {
          numeric: [
            number("value", values),
            number(
              "some",
              values.map((value) => (value < 0.5 ? Number.NaN : value)),
            ),
          ],
          categorical: [text("name", values.map(String))],
        }),
      );
      expect(found).toEqual([]);
    }),
    { numRuns: 10 },
  );
});

test("nor where positives and negatives come by turns", () => {
  const label = times((row) => row % 2);
  const pairs = times((row) => `pair ${Math.floor(row / 2) % 50}`);
  expect(tellingFeatures(split(label, { categorical: [text("pair", pairs)] }))).toEqual([]);
});

test("without twenty rows of either class nothing is said", () => {
  const few = (positives: number) => times((row) => (row < positives ? 1 : 0));
  const found = (label: number[]) =>
    tellingFeatures(split(label, { numeric: [number("it", label)] }));
  expect(found(few(19))).toEqual([]);
  expect(found(few(20))).toHaveLength(1);
  expect(found(few(ROWS - 19))).toEqual([]);
});
