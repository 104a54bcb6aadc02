import { describe, expect, test } from "vitest";
import { criticalDifference, friedman, holm, signedRank } from "@atoll/core/stats";
import { baselineOf } from "./baseline.ts";
import { effectsOf } from "./effects.ts";
import { overallOf } from "./overall.ts";
import { pairOf } from "./pair-of.ts";
import type { ComparedRun } from "./schema.ts";
import { warningsOf } from "./warnings.ts";

const interval = (mean: number) => ({ mean, sd: 0, low: mean - 0.01, high: mean + 0.01 });

interface Values {
  readonly [method: string]: readonly number[];
}

/** A run of one metric over clients a, b, c ...; verdicts follow from differences of more than 0.05. */
function runOf(name: string, values: Values, { less = false } = {}): ComparedRun {
  const clients = values["local"]!.map((_, c) => String.fromCodePoint(97 + c));
  const mean = (own: readonly number[]) => own.reduce((sum, value) => sum + value, 0) / own.length;
  const metric = less ? "logloss" : "auc";
  const kinds: Record<string, string> = { centralised: "reference", local: "baseline" };
  const methods = Object.fromEntries(
    Object.entries(values).map(([method, own]) => [
      method,
      {
        base: method,
        settings: {},
        kind: method,
        role: (kinds[method] ?? "federated") as "federated",
        clients: Object.fromEntries(clients.map((c, i) => [c, { [metric]: interval(own[i]!) }])),
        macro: { [metric]: interval(mean(own)) },
        bytes: { up: 1, down: 1 },
        seconds: 1,
        rounds: 1,
        ...(method !== "local" && { against: "local" }),
      },
    ]),
  );
  const comparisons = Object.entries(values).flatMap(([method, own]) =>
    method === "local"
      ? []
      : ["macro", ...clients].map((client, i) => {
          const of = (list: readonly number[]) => (i === 0 ? mean(list) : list[i - 1]!);
          const difference = of(own) - of(values["local"]!);
          const better = less ? difference < 0 : difference > 0;
          const verdict =
            Math.abs(difference) <= 0.05 ? "no clear difference" : better ? "better" : "worse";
          const gain = ((less ? -100 : 100) * difference) / of(values["local"]!);
          const ends = { low: difference - 0.01, high: difference + 0.01, p: 0.5, pHolm: 0.5 };
          return {
            method,
            against: "local",
            metric,
            client,
            difference,
            ...ends,
            verdict,
            gain,
          } as const;
        }),
  );
  return {
    name,
    experiment: `${name}.yaml`,
    folder: `runs/${name}`,
    settings: {},
    metric,
    higherIsBetter: !less,
    seeds: [1, 2, 3],
    clients,
    methods,
    comparisons,
    pairs: [],
    failed: {},
  };
}

const first = runOf("first", {
  local: [0.6, 0.7, 0.5],
  fedavg: [0.7, 0.72, 0.62],
  fedprox: [0.58, 0.74, 0.51],
  centralised: [0.9, 0.9, 0.9],
});
// A loss: less is better.
const second = runOf(
  "second",
  {
    local: [0.5, 0.4],
    fedavg: [0.4, 0.41],
    fedprox: [0.45, 0.5],
    centralised: [0.1, 0.1],
    other: [1, 1],
  },
  { less: true },
);

describe("over several runs", () => {
  const overall = overallOf([first, second])!;
  const of = (method: string) => overall.methods.find((own) => own.method === method)!;

  test("methods that all runs have; gains in percent, averaged over runs", () => {
    expect(overall.methods.map(({ method }) => method)).toEqual([
      "local",
      "fedavg",
      "fedprox",
      "centralised",
    ]);
    // By hand: (2.04 - 1.8) / 1.8 and (0.9 - 0.81) / 0.9.
    expect(of("fedavg").gains.map(({ gain }) => gain)).toEqual([
      expect.closeTo(40 / 3, 9),
      expect.closeTo(10, 9),
    ]);
    expect(of("fedavg").meanGain).toBeCloseTo(35 / 3, 9);
    expect(of("local").gains).toEqual([]);
  });

  test("clients are won and lost by the runs' verdicts", () => {
    const counts = ({ wins, ties, losses }: ReturnType<typeof of>) => [wins, ties, losses];
    expect(counts(of("fedavg"))).toEqual([3, 2, 0]);
    expect(counts(of("fedprox"))).toEqual([0, 4, 1]);
  });

  test("ranks are over clients of all runs, whichever way is up, without references", () => {
    const places = [
      [0.6, 0.7, 0.58],
      [0.7, 0.72, 0.74],
      [0.5, 0.62, 0.51],
      [-0.5, -0.4, -0.45],
      [-0.4, -0.41, -0.5],
    ];
    const expected = friedman(places);
    expect(["local", "fedavg", "fedprox"].map((name) => of(name).rank)).toEqual(expected.ranks);
    expect(overall).toMatchObject({
      places: 5,
      friedman: expected.p,
      criticalDifference: criticalDifference(3, 5),
    });
    expect(of("centralised").rank).toBeUndefined();
  });

  test("signed-rank tests are of gains in percent against local-only training, Holm-corrected", () => {
    const fedavg = [1 / 6, 0.02 / 0.7, 0.24, 0.2, -0.025];
    const fedprox = [-0.02 / 0.6, 0.04 / 0.7, 0.02, 0.1, -0.25];
    const tests = [signedRank(fedavg), signedRank(fedprox)];
    const corrected = holm(tests.map(({ p }) => p));
    expect(of("fedavg").signedRank).toEqual({ ...tests[0], pHolm: corrected[0] });
    expect(of("fedprox").signedRank).toEqual({ ...tests[1], pHolm: corrected[1] });
    expect(of("local").signedRank).toBeUndefined();
    expect(of("centralised").signedRank).toBeUndefined();
  });

  test("one run, or runs with less than two methods in common, have no overall", () => {
    expect(overallOf([first])).toBeUndefined();
    const alone = runOf("alone", { local: [0.5], best: [0.9] });
    expect(overallOf([first, alone])).toBeUndefined();
  });
});

describe("the baseline of a variant", () => {
  const variant = (kind: string, base: string, settings: Record<string, number>) => ({
    kind,
    base,
    settings,
  });

  test("has its settings, as far as they reach local-only training", () => {
    const methods = {
      popularity: variant("popularity", "popularity", {}),
      "local [b=1]": variant("local", "local", { b: 1 }),
      "local [b=2]": variant("local", "local", { b: 2 }),
      "p [b=2, mu=3]": variant("fedprox", "p", { b: 2, mu: 3 }),
    };
    expect(baselineOf("p [b=2, mu=3]", methods)).toBe("local [b=2]");
    expect(baselineOf("popularity", methods)).toBe("local [b=1]");
    expect(baselineOf("local [b=2]", methods)).toBeUndefined();
  });

  test("is the first local-only training; another one of another name is held against it", () => {
    const methods = {
      local: variant("local", "local", {}),
      wide: variant("local", "wide", {}),
      fedavg: variant("fedavg", "fedavg", {}),
    };
    expect(baselineOf("fedavg", methods)).toBe("local");
    expect(baselineOf("wide", methods)).toBe("local");
    expect(baselineOf("fedavg", { fedavg: methods.fedavg })).toBeUndefined();
  });
});

describe("what a setting does", () => {
  const varied = (b: number) => ({ ...first.methods["fedavg"]!, base: "fedavg", settings: { b } });

  test("is a line for each method, in the order of the values", () => {
    const run = {
      ...first,
      methods: { "f 2": varied(2), "f 1": varied(1), local: first.methods["local"]! },
    };
    const effect = effectsOf({ name: "b", of: "method", values: [1, 2] }, [run]);
    expect(effect.lines).toMatchObject([
      { run: "first", base: "fedavg", others: {}, points: [{ value: 1 }, { value: 2 }] },
    ]);
  });

  test("of data joins runs of one experiment", () => {
    const runs = [0.3, 0.2].map((test) => ({
      ...first,
      name: `first ${test}`,
      settings: { test },
    }));
    const effect = effectsOf({ name: "test", of: "run", values: [0.2, 0.3] }, [...runs, second]);
    expect(
      effect.lines.map(({ base, run, points }) => [base, run, points.map(({ value }) => value)]),
    ).toEqual(
      ["local", "fedavg", "fedprox", "centralised"].map((base) => [base, undefined, [0.2, 0.3]]),
    );
    expect(effect.lines[1]!.points[0]!.gain).toMatchObject({ against: "local", verdict: "better" });
  });
});

test("a pair seen from the other side has its ends and its verdict turned", () => {
  const pair = {
    method: "fedavg",
    against: "local",
    metric: "auc",
    client: "macro",
    difference: 0.08,
    low: 0.05,
    high: 0.1,
    p: 0.01,
    pHolm: 0.02,
    verdict: "better",
    gain: 13,
    effect: 0.4,
  } as const;
  const run = { ...first, pairs: [pair] };
  expect(pairOf(run, "fedavg", { against: "local" })).toBe(pair);
  const { gain: _, ...rest } = pair;
  expect(pairOf(run, "local", { against: "fedavg" })).toEqual({
    ...rest,
    method: "local",
    against: "fedavg",
    difference: -0.08,
    low: -0.1,
    high: -0.05,
    verdict: "worse",
    effect: -0.4,
  });
  expect(pairOf(run, "local", { against: "fedprox" })).toBeUndefined();
});

test("warnings: what is missing, what failed, what was chosen on test rows", () => {
  expect(warningsOf([], [runOf("fine", { local: [0.5], popularity: [0.4] })])).toEqual([]);
  const bare = {
    ...runOf("bare", { local: [0.5], fedavg: [0.6] }),
    seeds: [1],
    settings: { "split.test": 0.2 },
    failed: { fedprox: { seed: 3, code: "TRAINING_DIVERGED", message: "the loss is NaN" } },
  };
  const { local: _, ...methods } = bare.methods;
  const seen = warningsOf(
    [{ name: "training.batchSize", of: "method", values: [1, 2] }],
    [{ ...bare, methods }, second],
  );
  expect(seen.map(({ kind, runs }) => [kind, runs])).toEqual([
    ["no-local", ["bare"]],
    ["no-popularity", ["bare", "second"]],
    ["few-seeds", ["bare"]],
    ["failed-methods", ["bare"]],
    ["chosen-on-test", undefined],
    ["same-rows", undefined],
    ["metrics-differ", undefined],
  ]);
  expect(seen[3]!.text).toBe(
    "bare goes without fedprox, which failed with seed 3: the loss is NaN",
  );
});
