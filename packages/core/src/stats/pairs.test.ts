import { expect, test } from "vitest";
import type { Measured } from "../metrics/index.ts";
import { normal, streamOf } from "../random/index.ts";
import { everyPair } from "./comparison.ts";
import { holm } from "./holm.ts";
import { summarise, type SummaryInput } from "./summarise.ts";
import { meanOver } from "./worlds.fixture.ts";

const LIFTS = { popularity: -0.3, local: 0, fedavg: 0.02, fedprox: 0.3 };

function measured(client: string, numUsers: number) {
  const stream = streamOf(5, client);
  const level = Float64Array.from({ length: numUsers }, () => normal(stream));
  return Object.fromEntries(
    Object.entries(LIFTS).map(([method, lift]) => {
      const score = (): Measured => meanOver(level.map((own) => own + lift + 0.3 * normal(stream)));
      return [method, { score: [score(), score()], loss: [score(), score()] }];
    }),
  );
}

const input: SummaryInput = {
  measured: { de: measured("de", 80), fr: measured("fr", 50) },
  metrics: [
    { name: "score", higherIsBetter: true },
    { name: "loss", higherIsBetter: false },
  ],
  methods: Object.keys(LIFTS),
  against: ["local"],
  headline: "score",
  samples: 300,
};
const { pairs, comparisons } = summarise(input);

test("every two methods once, the later against the earlier: over clients, and client by client in the headline", () => {
  const six = [
    "local-popularity",
    "fedavg-popularity",
    "fedavg-local",
    "fedprox-popularity",
    "fedprox-local",
    "fedprox-fedavg",
  ];
  expect(everyPair(input.methods).map((own) => `${own.method}-${own.against}`)).toEqual(six);
  const seen = (metric: string, client: string) =>
    pairs
      .filter((own) => own.metric === metric && own.client === client)
      .map((own) => `${own.method}-${own.against}`);
  for (const client of ["macro", "de", "fr"]) expect(seen("score", client)).toEqual(six);
  expect(seen("loss", "macro")).toEqual(six);
  expect(pairs).toHaveLength(4 * six.length);
});

test("the macro means of a metric are one family of Holm's, its clients another", () => {
  const family = (metric: string, isMacro: boolean) =>
    pairs.filter((own) => own.metric === metric && (own.client === "macro") === isMacro);
  for (const own of [family("score", true), family("score", false), family("loss", true)]) {
    expect(own.length).toBeGreaterThan(0);
    expect(own.map(({ pHolm }) => pHolm)).toEqual(holm(own.map(({ p }) => p)));
  }
});

test("a pair is the comparison with the same method, but for the correction", () => {
  for (const client of ["macro", "de"]) {
    const find = (list: typeof pairs) =>
      list.find(
        (own) =>
          own.method === "fedprox" &&
          own.against === "local" &&
          own.metric === "score" &&
          own.client === client,
      )!;
    const { pHolm: _, verdict: __, ...seen } = find(pairs);
    expect(find(comparisons)).toMatchObject(seen);
    expect(seen.effect! > 0.3 && seen.gain !== undefined).toBe(true);
  }
});

test("verdicts and effects know which way is up", () => {
  const loss = pairs.find(
    (own) => own.method === "fedprox" && own.against === "popularity" && own.metric === "loss",
  )!;
  expect(loss.verdict).toBe("worse");
  expect(loss.difference > 0 && loss.effect! < 0).toBe(true);
});

test("without a headline, over clients only", () => {
  const { headline: _, ...rest } = input;
  expect(new Set(summarise(rest).pairs.map(({ client }) => client))).toEqual(new Set(["macro"]));
});
