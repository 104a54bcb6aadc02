import { describe, expect, test } from "vitest";
import type { Measured } from "../metrics/index.ts";
import { normal, streamOf } from "../random/index.ts";
import { mean } from "./descriptive.ts";
import { summarise, type SummaryInput } from "./summarise.ts";
import { meanOver } from "./worlds.fixture.ts";

const few: Measured = {
  kind: "undefined",
  reason: "4 positive rows; evaluation.minPositives asks for 6",
};
const untrained: Measured = { kind: "undefined", reason: "the model was not trained on sale" };

const levels: Readonly<Record<string, number>> = { de: 0.7, fr: 0.6, tiny: 0.9 };

function measured(client: string, method: string, seed: number): Measured {
  const stream = streamOf(30, client, method, seed);
  return meanOver(Array.from({ length: 40 }, () => levels[client]! + 0.2 * normal(stream)));
}

/** Each client's click and sale under each method, two seeds; `sale` may be overruled. */
function inputOf(
  sale: (client: string, method: string, seed: number) => Measured | undefined,
): SummaryInput {
  const methods = ["local", "fedavg", "clickonly"];
  return {
    measured: Object.fromEntries(
      ["de", "fr", "tiny"].map((client) => [
        client,
        Object.fromEntries(
          methods.map((method) => [
            method,
            {
              click: [0, 1].map((seed) => measured(client, method, seed)),
              sale: [0, 1].map(
                (seed) =>
                  (method === "clickonly" ? untrained : sale(client, method, seed)) ??
                  measured(client, `${method} sale`, seed),
              ),
            },
          ]),
        ),
      ]),
    ),
    metrics: [
      { name: "click", higherIsBetter: true },
      { name: "sale", higherIsBetter: false },
    ],
    methods,
    against: ["local"],
    samples: 100,
  };
}

const meanOf = (summary: ReturnType<typeof summarise>, method: string, client: string) =>
  summary.clients[method]![client]!["sale"]!.mean;

test("where all clients have a metric, nothing is left out and nothing is said", () => {
  const summary = summarise(inputOf(() => undefined));
  expect(summary.macroClients).toEqual({});
  expect(summary.macro["fedavg"]!["sale"]!.mean).toBeCloseTo(
    mean(["de", "fr", "tiny"].map((client) => meanOf(summary, "fedavg", client))),
    12,
  );
});

describe("a client whose rows define the metric for no method", () => {
  const summary = summarise(inputOf((client) => (client === "tiny" ? few : undefined)));

  test("drops out of the mean of all methods alike, of this metric alone", () => {
    expect(summary.macroClients).toEqual({ sale: ["de", "fr"] });
    for (const method of ["local", "fedavg"])
      expect(summary.macro[method]!["sale"]!.mean).toBeCloseTo(
        (meanOf(summary, method, "de") + meanOf(summary, method, "fr")) / 2,
        12,
      );
    expect(summary.macro["fedavg"]!["click"]!.mean).toBeGreaterThan(0.7);
    const compared = summary.comparisons.filter(({ metric }) => metric === "sale");
    expect(compared.map(({ client }) => client)).toEqual(["de", "fr", "macro"]);
  });

  test("a method that did not train the task has no mean and no worst client", () => {
    expect(summary.macro["clickonly"]).not.toHaveProperty("sale");
    expect(summary.worst["clickonly"]).toEqual({ click: expect.anything() });
  });

  test("one seed that lacks it is enough, since a mean over other seeds is another quantity", () => {
    const partly = summarise(
      inputOf((client, _, seed) => (client === "tiny" && seed === 1 ? few : undefined)),
    );
    expect(partly.macroClients).toEqual({ sale: ["de", "fr"] });
    expect(partly.macro).toEqual(summary.macro);
  });
});

test("a client that only one method lacks leaves that method without a mean, as it stays for others", () => {
  const all = summarise(inputOf(() => undefined));
  const summary = summarise(
    inputOf((client, method) => (client === "tiny" && method === "fedavg" ? few : undefined)),
  );
  expect(summary.macroClients).toEqual({});
  expect(summary.macro["fedavg"]).not.toHaveProperty("sale");
  expect(summary.worst["fedavg"]).not.toHaveProperty("sale");
  expect(summary.macro["local"]).toEqual(all.macro["local"]);
});

test("a metric that nobody has has no mean", () => {
  const summary = summarise(inputOf(() => few));
  expect(summary.macroClients).toEqual({ sale: [] });
  for (const method of ["local", "fedavg"])
    expect(summary.macro[method]).not.toHaveProperty("sale");
});

test("the worst client has the lowest mean, or the highest where lower is better", () => {
  const summary = summarise(inputOf(() => undefined));
  const { click, sale } = summary.worst["fedavg"]!;
  expect(click).toEqual({ client: "fr", mean: summary.clients["fedavg"]!["fr"]!["click"]!.mean });
  expect(sale).toEqual({ client: "tiny", mean: meanOf(summary, "fedavg", "tiny") });
  const without = summarise(inputOf((client) => (client === "tiny" ? few : undefined)));
  expect(without.worst["fedavg"]!["sale"]!.client).toBe("de");
});

test("seeds that are folds: every interval and comparison is the corrected t, rows beside it", () => {
  const input = inputOf(() => undefined);
  const plain = summarise(input);
  const summary = summarise({ ...input, folds: { of: [0, 1], testToTrain: 0.25 } });
  // t_1 = 12.706; of two values s = |a - b| / sqrt(2).
  const values = [0, 1].map((seed) => {
    const own = input.measured["de"]!["fedavg"]!["click"]![seed]!;
    return own.kind === "value" ? own.value : Number.NaN;
  });
  const half = 12.706204736 * (Math.abs(values[0]! - values[1]!) / Math.SQRT2) * Math.sqrt(0.75);
  const own = summary.clients["fedavg"]!["de"]!["click"]!;
  expect(own.high - own.mean).toBeCloseTo(half, 8);
  expect(own.mean - own.low).toBeCloseTo(half, 8);
  expect(own.rowsHigh! - own.rowsLow!).toBeLessThan(own.high - own.low);
  expect(plain.comparisons[0]).not.toHaveProperty("rowsLow");
  for (const { difference, low, high, rowsLow, rowsHigh, p } of summary.comparisons) {
    expect(low).toBeLessThan(difference);
    expect(rowsLow!).toBeLessThan(difference);
    expect(rowsHigh!).toBeGreaterThan(difference);
    // The interval and the test agree.
    expect(p < 0.05).toBe(low > 0 || high < 0);
  }
});
