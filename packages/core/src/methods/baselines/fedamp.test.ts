import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pulled } from "./fedamp.ts";
import { attentiveWeights, fedampCoordinator, squaredDistances } from "./fedamp-server.ts";
import { lawsOfRounds } from "./personal.laws.ts";
import { clients, federate, LEARNING_RATE, START, STEPS, theBlock } from "./quadratics.fixture.ts";
import { layoutOf, messagesOf, runMethod, sentArrays, settings, trainedBy } from "./run.fixture.ts";

const onALine = (...points: number[]) => squaredDistances(points.map((x) => Float64Array.of(x)));
const options = { sigma: 0.5, mixing: 0.8 };

describe("the weights of models", () => {
  test("three on a line, by hand: squared distances 1, 9 and 4, of mean 14/3", () => {
    const weights = attentiveWeights(onALine(0, 1, 3), options);
    const near = (squared: number) => 0.4 * Math.exp(-squared / (14 / 3) / 0.5);
    const expected = [
      [1 - near(1) - near(9), near(1), near(9)],
      [near(1), 1 - near(1) - near(4), near(4)],
      [near(9), near(4), 1 - near(9) - near(4)],
    ];
    expected.forEach((row, k) =>
      row.forEach((value, j) => expect(weights[k]![j]).toBeCloseTo(value, 12)),
    );
  });

  test("are averages, symmetric, whatever the scale of models", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.constantFrom(1e-3, 1, 1e3),
        (points, sigma, scale) => {
          const weights = attentiveWeights(onALine(...points), { sigma, mixing: 1 });
          const scaled = attentiveWeights(onALine(...points.map((x) => scale * x)), {
            sigma,
            mixing: 1,
          });
          weights.forEach((row, k) => {
            expect(row.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
            row.forEach((weight, j) => {
              expect(weight).toBeGreaterThanOrEqual(-1e-15);
              expect(weight).toBeCloseTo(weights[j]![k]!, 12);
              // Squares of the least distances lose their digits below 1e-300.
              if (Math.abs(points[k]! - points[j]!) > 1e-100)
                expect(scaled[k]![j]).toBeCloseTo(weight, 9);
            });
          });
        },
      ),
    );
  });

  test("equal models are averaged in equal shares of the mixing; one alone is itself", () => {
    expect(attentiveWeights(onALine(2, 2, 2), options).map((row) => [...row])).toEqual(
      [0, 1, 2].map((k) => [0, 1, 2].map((j) => (j === k ? expect.closeTo(0.2, 12) : 0.4))),
    );
    expect([...attentiveWeights(onALine(7), options)[0]!]).toEqual([1]);
  });
});

describe("fedamp, on quadratics", () => {
  test("follows algorithm 1, step by step: whose model is near counts, and nobody's is replaced", async () => {
    const lambda = 0.7;
    const states = await federate(fedampCoordinator([theBlock], options), () => pulled(lambda), 6, {
      replaces: false,
    });
    const names = Object.keys(clients);
    const own = names.map(() => START);
    let cloud = names.map(() => START);
    states.forEach((state) => {
      names.forEach((name, k) => {
        const { curvature, optimum } = clients[name]!;
        for (let i = 0; i < STEPS; i++)
          own[k]! -=
            LEARNING_RATE * (curvature * (own[k]! - optimum) + lambda * (own[k]! - cloud[k]!));
      });
      const pairs = own.flatMap((x, k) => own.slice(k + 1).map((y) => (x - y) ** 2));
      const mean = pairs.reduce((sum, x) => sum + x, 0) / pairs.length;
      cloud = own.map((x) =>
        own.reduce((u, y) => u + 0.4 * Math.exp(-((x - y) ** 2) / mean / 0.5) * (y - x), x),
      );
      names.forEach((name, k) => expect(state[name]).toBeCloseTo(cloud[k]!, 4));
    });
  });

  test("clients that a round leaves out are sent what they were sent before", async () => {
    const [first, second] = await federate(
      fedampCoordinator([theBlock], options),
      () => pulled(0.1),
      2,
      { replaces: false, cohort: (round) => (round === 0 ? ["a", "b", "c"] : ["a", "c"]) },
    );
    expect(second!["b"]).toBe(first!["b"]);
    expect(second!["a"]).not.toBe(first!["a"]);
  });
});

describe("fedamp", () => {
  lawsOfRounds({ kind: "fedamp" });

  test("sends all dense parameters but those of normalisation", async () => {
    const { traffic } = await runMethod({ kind: "fedamp" });
    expect(sentArrays(traffic)).not.toContain("state");
    const { arrays } = messagesOf(traffic, "a", "update")[0]!;
    const sent = Object.entries(arrays).filter(([name]) => !name.startsWith("table:"));
    expect(sent.reduce((sum, [, { data }]) => sum + data.length, 0)).toBe(
      layoutOf()
        .views.filter(({ role }) => role === "weight")
        .reduce((sum, { length }) => sum + length, 0),
    );
  });

  test("without a pull that can be felt it is local training, bit by bit", async () => {
    const own = { ...settings, federation: { ...settings.federation, shared: [] } };
    const alone = await runMethod({ kind: "local" }, { own });
    expect((await runMethod({ kind: "fedamp", lambda: 1e-30 }, { own })).scores).toEqual(
      alone.scores,
    );
    expect((await runMethod({ kind: "fedamp" }, { own })).scores).not.toEqual(alone.scores);
  });

  test("a stronger pull holds clients' models nearer to one another", async () => {
    const own = trainedBy({ optimiser: { kind: "sgd", learningRate: 0.1 } });
    const longer = { ...own, federation: { ...own.federation, rounds: 4, localEpochs: 2 } };
    const distances: number[] = [];
    for (const lambda of [1e-30, 2]) {
      const { trained } = await runMethod({ kind: "fedamp", lambda }, { own: longer });
      const [a, b] = ["a", "b"].map((client) => [
        ...trained[client]!["parameter:head0/weight"]!.data,
      ]);
      distances.push(Math.hypot(...a!.map((x, i) => x - b![i]!)));
    }
    expect(distances[1]).toBeLessThan(0.8 * distances[0]!);
  });
});
