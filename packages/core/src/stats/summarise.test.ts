import { describe, expect, test } from "vitest";
import type { Measured } from "../metrics/index.ts";
import { normal, streamOf } from "../random/index.ts";
import { seedNoise } from "./bootstrap.ts";
import { differenceOf, estimate } from "./estimate.ts";
import { holm } from "./holm.ts";
import { intervalOf, pValueOf } from "./inference.ts";
import { summarise, type SummaryInput } from "./summarise.ts";
import { meanOver } from "./worlds.fixture.ts";

const seeds = [0, 1, 2];

/** Users' levels are shared by methods; `lift` is what a method adds to every user, give or take. */
function measuredOf(lifts: Readonly<Record<string, number>>, client: string, numUsers: number) {
  const stream = streamOf(21, client);
  const level = Float64Array.from({ length: numUsers }, () => normal(stream));
  return Object.fromEntries(
    Object.entries(lifts).map(([method, lift]) => {
      const own = streamOf(21, client, method);
      const score = (): Measured =>
        meanOver(level.map((value) => value + lift + 0.2 * normal(own)));
      return [method, { score: seeds.map(score), loss: seeds.map(score) }];
    }),
  );
}

const lifts = { local: 0, better: 0.3, same: 0.001, worse: -0.3 };
const input: SummaryInput = {
  measured: { fr: measuredOf(lifts, "fr", 90), de: measuredOf(lifts, "de", 150) },
  metrics: [
    { name: "score", higherIsBetter: true },
    { name: "loss", higherIsBetter: false },
  ],
  methods: ["local", "better", "same", "worse"],
  against: ["local"],
  samples: 400,
};
const summary = summarise(input);

test("one interval per method, client and metric, and the macro mean of the clients", () => {
  expect(Object.keys(summary.clients)).toEqual(input.methods);
  for (const method of input.methods) {
    expect(Object.keys(summary.clients[method]!)).toEqual(["de", "fr"]);
    const { de, fr } = summary.clients[method]!;
    const macro = summary.macro[method]!["score"]!;
    expect(macro.mean).toBeCloseTo((de!["score"]!.mean + fr!["score"]!.mean) / 2, 12);
    for (const { low, mean, high, sd } of [de!["score"]!, fr!["loss"]!, macro]) {
      expect(low).toBeLessThan(mean);
      expect(high).toBeGreaterThan(mean);
      expect(sd).toBeGreaterThan(0);
    }
  }
});

test("the sd of the macro mean is over seeds of macro values", () => {
  const values = seeds.map((s) => {
    const value = (client: string) => {
      const own = input.measured[client]!["better"]!["score"]![s]!;
      return own.kind === "value" ? own.value : Number.NaN;
    };
    return (value("de") + value("fr")) / 2;
  });
  const centre = (values[0]! + values[1]! + values[2]!) / 3;
  const sd = Math.sqrt(values.reduce((sum, own) => sum + (own - centre) ** 2, 0) / 2);
  expect(summary.macro["better"]!["score"]!.sd).toBeCloseTo(sd, 12);
});

test("verdicts know which way is up", () => {
  const verdicts = (metric: string) =>
    Object.fromEntries(
      summary.comparisons
        .filter((own) => own.metric === metric && own.client === "macro")
        .map(({ method, verdict }) => [method, verdict]),
    );
  expect(verdicts("score")).toEqual({
    better: "better",
    same: "no clear difference",
    worse: "worse",
  });
  expect(verdicts("loss")).toEqual({
    better: "worse",
    same: "no clear difference",
    worse: "better",
  });
});

test("a comparison is method minus baseline, seed by seed and user by user", () => {
  const of = (method: string) =>
    input.measured["de"]![method]!["score"]!.filter((own) => own.kind === "value");
  const [a, b] = estimate([of("better"), of("local")], { samples: 400, client: "de" });
  const difference = differenceOf(a!, b!);
  const { mean, low, high } = intervalOf(difference, seedNoise(400));
  const seen = summary.comparisons.find(
    (own) => own.method === "better" && own.metric === "score" && own.client === "de",
  )!;
  expect(seen).toMatchObject({ against: "local", difference: mean, low, high });
  expect(seen.p).toBe(pValueOf(difference));
  // Levels cancel: far narrower than the intervals of either method.
  const width = summary.clients["better"]!["de"]!["score"]!;
  expect(high - low).toBeLessThan((width.high - width.low) / 3);
});

test("Holm's family is all clients, the macro mean and all compared methods of one metric", () => {
  for (const metric of ["score", "loss"]) {
    const family = summary.comparisons.filter((own) => own.metric === metric);
    expect(family.map(({ method, client }) => `${method} ${client}`).toSorted()).toEqual(
      ["better", "same", "worse"]
        .flatMap((method) => [`${method} de`, `${method} fr`, `${method} macro`])
        .toSorted(),
    );
    expect(family.map(({ pHolm }) => pHolm)).toEqual(holm(family.map(({ p }) => p)));
  }
});

test("results repeat, whatever the order of clients and whichever methods stand beside", () => {
  const { measured } = input;
  const turned = { ...input, measured: { de: measured["de"]!, fr: measured["fr"]! } };
  expect(summarise(turned)).toEqual(summary);
  const alone = summarise({ ...input, methods: ["better"], against: [] });
  expect(alone.clients["better"]).toEqual(summary.clients["better"]);
  expect(alone.comparisons).toEqual([]);
});

test("comparisons with one method do not depend on those with another", () => {
  const both = summarise({ ...input, against: ["local", "same"] });
  const only = summarise({ ...input, against: ["same"] });
  const against = (name: string) => both.comparisons.filter((own) => own.against === name);
  expect(against("local")).toEqual(summary.comparisons);
  expect(against("same")).toEqual(only.comparisons);
  const [seen] = only.comparisons.filter(
    ({ method, client, metric }) => method === "local" && client === "de" && metric === "score",
  );
  const [mirrored] = summary.comparisons.filter(
    ({ method, client, metric }) => method === "same" && client === "de" && metric === "score",
  );
  expect(seen!.difference).toBeCloseTo(-mirrored!.difference, 12);
});

describe("what is not defined is left out", () => {
  const missing: Measured = { kind: "undefined", reason: "all 3 rows have the label 0" };
  const fr = input.measured["fr"]!;
  const local = { ...fr["local"]!, score: [...fr["local"]!["score"]!.slice(0, 2), missing] };
  const partial = summarise({
    ...input,
    measured: { ...input.measured, fr: { ...fr, local } },
  });

  test("the client's interval, the macro mean over the others, and comparisons with it", () => {
    expect(partial.clients["local"]!["fr"]!["score"]).toBeUndefined();
    expect(partial.macro["local"]!["score"]).toBeUndefined();
    expect(partial.clients["local"]!["de"]).toEqual(summary.clients["local"]!["de"]);
    const compared = partial.comparisons.filter((own) => own.metric === "score");
    expect(new Set(compared.map(({ client }) => client))).toEqual(new Set(["de"]));
  });

  test("and nothing else", () => {
    expect(partial.clients["better"]).toEqual(summary.clients["better"]);
    expect(partial.comparisons.filter((own) => own.metric === "loss")).toEqual(
      summary.comparisons.filter((own) => own.metric === "loss"),
    );
  });
});

test("progress counts clients", () => {
  const seen: string[] = [];
  summarise({ ...input, samples: 100, onProgress: (done, total) => seen.push(`${done}/${total}`) });
  expect(seen).toEqual(["1/2", "2/2"]);
});
