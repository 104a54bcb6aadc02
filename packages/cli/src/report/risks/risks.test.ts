import type { MetricsLine } from "@atoll/node/results";
import { describe, expect, test } from "vitest";
import { factsOf } from "../facts.ts";
import { coordinationOf } from "../conflict.fixture.ts";
import { promise } from "../privacy.fixture.ts";
import { resultOf, type Effects } from "../result.fixture.ts";
import { fairness, losers, otherMetrics, simpler } from "./clients.ts";
import { disclosure, leakage } from "./data.ts";
import { chance, picked } from "./evidence.ts";
import { diagnostics } from "./inside.ts";
import { fitsOf, overFitting } from "./over-fitting.ts";

const effects: Effects = {
  fedavg: { de: [0.03, "better"], fr: [-0.02, "worse"], macro: [0.005, "no clear difference"] },
  fedbn: { de: [0.02, "better"], fr: [0, "no clear difference"], macro: [0.01, "better"] },
  popularity: { de: [-0.1, "worse"], fr: [-0.01, "worse"], macro: [-0.05, "worse"] },
};
const result = () => resultOf(["de", "fr"], effects, "auc");
const facts = (adjust: (own: ReturnType<typeof result>) => void = () => {}) => {
  const own = result();
  adjust(own);
  return factsOf(own);
};

const line = (
  seed: number,
  client: string,
  [round, value]: readonly [number, number],
): MetricsLine => ({
  seed,
  method: "fedbn",
  stage: "train",
  round,
  client,
  values: { [`valid/${client}`]: value },
  bytesUp: 0,
  bytesDown: 0,
  seconds: 0,
});

describe("clients", () => {
  test("a loser of the method led with is found; of another one it is told", () => {
    expect(losers(facts(), "fedavg")).toMatchObject({
      kind: "found",
      text: "With FedAvg, fr \u22120.0200: clearly worse than alone.",
    });
    expect(losers(facts(), "fedbn")).toMatchObject({
      kind: "clear",
      items: ["FedAvg: fr loses"],
    });
  });

  test("without a comparison nothing is claimed", () => {
    const own = result();
    expect(losers(factsOf({ ...own, comparisons: [] }), "fedbn").kind).toBe("unknown");
  });

  test("the floor: found where the worst client is worse off than alone", () => {
    const floor = (mean: number) =>
      fairness(
        facts(({ methods }) => {
          methods["local"]!.worst = { auc: { client: "de", mean: 0.3 } };
          methods["fedbn"]!.worst = { auc: { client: "fr", mean } };
        }),
        "fedbn",
      );
    expect(floor(0.29)).toMatchObject({ kind: "found" });
    expect(floor(0.31)).toMatchObject({ kind: "clear" });
    // +0.02 and 0.
    expect(floor(0.31)!.text).toContain("up to 0.0200 apart");
  });

  test("a baseline that is ahead for one client is named with it", () => {
    expect(simpler(facts(), "fedbn")).toMatchObject({ kind: "clear" });
    // popularity 0.29, fedavg 0.28 for fr.
    expect(simpler(facts(), "fedavg")).toMatchObject({
      kind: "found",
      items: ["Popularity scores better for fr"],
    });
  });

  test("another metric that says the opposite is found", () => {
    const own = result();
    const worse = own.comparisons
      .filter(({ method }) => method === "fedbn")
      .map((entry) => ({
        ...entry,
        metric: "logloss",
        verdict: "worse" as const,
        difference: 0.1,
      }));
    for (const { macro } of Object.values(own.methods)) macro["logloss"] = macro["auc"]!;
    const both = factsOf({ ...own, comparisons: [...own.comparisons, ...worse] });
    expect(otherMetrics(both, "fedbn")).toMatchObject({
      kind: "found",
      items: [
        "log loss: the mean over clients is clearly worse (+0.1000) and de and fr clearly lose",
      ],
    });
    expect(otherMetrics(facts(), "fedbn")).toBeUndefined();
  });
});

describe("evidence", () => {
  test("few seeds, open clients and few test rows are each told", () => {
    expect(chance(facts(), "fedbn").items).toEqual([
      "for fr no difference is clear: they may gain, lose or stay as they are",
      "de and fr have fewer than 200 test rows",
    ]);
    const own = result();
    expect(chance(factsOf({ ...own, seeds: [1] }), "fedavg").items![0]).toMatch(/^one seed only/);
  });

  test("the best of two was picked by its test result, the only one was not", () => {
    expect(picked(facts(), "fedbn").kind).toBe("found");
    const { fedbn } = effects;
    expect(picked(factsOf(resultOf(["de"], { fedbn: fedbn! })), "fedbn").kind).toBe("clear");
  });
});

describe("over-fitting", () => {
  // Best at rounds 2 and 1 of 3 and 2; 0.4 and 0.36, then 0.3 and 0.3.
  const lines = [
    line(1, "de", [0, 0.3]),
    line(1, "de", [2, 0.3]),
    line(1, "de", [1, 0.4]),
    line(1, "fr", [0, 0.36]),
    line(1, "fr", [1, 0.3]),
  ];

  test("best and last rounds are means over clients, whatever the order of lines", () => {
    const [fit] = fitsOf(facts(), lines);
    expect(fit).toEqual({
      method: "fedbn",
      rounds: 2.5,
      bestRound: 1.5,
      best: expect.closeTo(0.38, 12),
      last: expect.closeTo(0.3, 12),
      test: expect.closeTo(0.31, 12),
    });
  });

  test("what was trained before the model has curves of its own", () => {
    const before = { ...line(1, "de", [1, 0.9]), stage: "collaborative" };
    expect(fitsOf(facts(), [before, ...lines])).toEqual(fitsOf(facts(), lines));
  });

  test("of a loss the smallest is the best", () => {
    const own = factsOf(resultOf(["de", "fr"], effects, "logloss"));
    expect(fitsOf(own, lines)[0]).toMatchObject({ bestRound: 1.5, best: 0.3 });
  });

  test("a test value that falls short by more than its interval is found", () => {
    const own = facts();
    expect(own.lead).toBe("fedbn");
    const check = overFitting(own, fitsOf(own, lines))!;
    expect(check.kind).toBe("found");
    expect(check.items![0]).toContain("falls 0.0700 short of validation at the best round");
    expect(check.text).toContain("ended 0.0800 short of it; the best round is kept");
    const near = lines.map((entry) => line(1, entry.client, [entry.round, 0.315]));
    expect(overFitting(own, fitsOf(own, near))!.kind).toBe("clear");
  });

  test("no curves, no verdict", () => {
    expect(overFitting(facts(), [])!.kind).toBe("unknown");
  });
});

describe("data and methods", () => {
  test("the leakage report has one line for each kind of worry", () => {
    const { kind, items } = leakage(facts());
    expect(kind).toBe("found");
    expect(items).toHaveLength(1);
    expect(items![0]).toMatch(/^de: for 100\.0% of the test rows/);
    const none = facts(({ clients }) => {
      for (const client of Object.values(clients)) delete client.leakage;
    });
    expect(leakage(none).kind).toBe("unknown");
  });

  test("without a promise nobody can tell; with one, what it leaves out is told", () => {
    expect(disclosure(facts(), "fedbn").kind).toBe("unknown");
    const promised = facts(({ methods }) => {
      methods["fedbn"]!.privacy = promise({ de: 1 });
    });
    expect(disclosure(promised, "fedbn").items).toEqual(["Metrics: they are <exact> numbers."]);
  });

  test("updates that point against each other in the last round are found, by part", () => {
    const conflict = (sign: number) =>
      diagnostics(
        facts(({ methods }) => {
          const own = coordinationOf(["de", "fr"]);
          const rows = [
            [1, sign * 0.4],
            [sign * 0.4, 1],
          ];
          methods["fedbn"]!.coordination = {
            ...own,
            cosines: { "expert:0/scenario": [{ round: 0, seeds: 1, rows }] },
          };
        }),
      );
    expect(conflict(-1)).toMatchObject([
      {
        kind: "found",
        items: ["FedBN: Scenario factors of experts, expert 1: mean cosine \u22120.40"],
      },
    ]);
    expect(conflict(1)).toMatchObject([{ kind: "clear" }]);
    expect(diagnostics(facts())).toEqual([]);
  });
});
