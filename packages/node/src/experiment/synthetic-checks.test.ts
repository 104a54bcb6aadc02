import { expect, test } from "vitest";
import { parseExperiment } from "./read.ts";

/** An experiment of one market, with further settings of its world and of itself. */
const parse = (world: string, rest = "") =>
  parseExperiment(
    `data: { kind: synthetic, markets: { a: { rows: 600 } }${world} }
split: { kind: random, valid: 0.2, test: 0.2 }
methods: [fedavg]
${rest}`,
    "x.yaml",
  );

const CATALOGUE = ", catalogue: { items: 100, share: 0.8 }";

test("items of a catalogue may be shared, items of a world without one may not", () => {
  const shared = "federation: { shared: [item] }";
  expect(() => parse("", shared)).toThrow(/"item" is shared, but its values are not said to mean/);
  expect(parse(CATALOGUE, shared).federation.shared).toEqual(["item"]);
});

test("titles may be shared where there are any, attributes where they explain something", () => {
  const shared = (name: string) => `federation: { shared: [${name}] }`;
  expect(() => parse("", shared("title"))).toThrow(/"title" is no categorical feature/);
  expect(parse(", titles: { words: 3 }", shared("title")).federation.shared).toEqual(["title"]);
  expect(parse("", shared("segment")).federation.shared).toEqual(["segment"]);
  expect(() => parse(", taste: { observable: 0 }", shared("segment"))).toThrow(
    /"segment" is no categorical feature/,
  );
});

test("negatives and metrics of lists belong to worlds whose users choose", () => {
  const implicit = ", feedback: implicit";
  expect(() => parse("", "negatives: {}")).toThrow(/feedback is explicit.*set data.feedback/);
  expect(parse(implicit, "negatives: {}").negatives).toBeDefined();
  const lists = "evaluation: { metrics: [ndcg@10] }";
  expect(() => parse("", lists)).toThrow(/ranks sampled candidates, but feedback is explicit/);
  expect(parse(implicit, lists).evaluation.metrics).toEqual(["ndcg@10"]);
});

test("a split that stratifies by label needs labels here too", () => {
  const data = "data: { kind: synthetic, feedback: implicit, markets: { a: { rows: 600 } } }";
  const split = "split: { kind: random, valid: 0.2, test: 0.2, stratify: true }";
  expect(() => parseExperiment(`${data}\n${split}\nmethods: [local]\n`, "x.yaml")).toThrow(
    /stratify/,
  );
});

test("a catalogue that is too small says which market asks too much of it", () => {
  expect(() => parse(", catalogue: { items: 10, share: 0.8 }")).toThrow(
    /data.markets.a.*has 24 items, of which 19 are to come from a catalogue of 10/,
  );
});
