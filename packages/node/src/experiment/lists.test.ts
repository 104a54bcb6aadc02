import { expect, test } from "vitest";
import { problems } from "./problems.fixture.ts";
import { parseExperiment } from "./read.ts";

const experiment = (common: string, federation: string) => `data:
  kind: files
  feedback: implicit
  columns:
    user: who
    item: what
    time: when
    categorical: [brand]
    numeric: [{ column: age, scale: quantiles, buckets: 4 }]
    sequences: [{ column: seen, of: user, like: item }]
    history: { length: 5 }
  common: ${common}
  clients: { de: { path: de.csv }, fr: { path: fr.csv } }
split: { kind: leave-one-out }
methods: [local, fedavg]
federation: ${federation}
`;

const lists = (common: string, federation: string) => {
  const { data, federation: read } = parseExperiment(experiment(common, federation), "my.yaml");
  return [data.kind === "files" && data.common, read.shared];
};

test("all common features are those with values, all shared ones have tables of their own besides", () => {
  // Buckets are cut by each client's own numbers; what reads the rows of item has none to share.
  const common = ["user", "item", "brand", "seen"];
  expect(lists("all", "{ shared: all }")).toEqual([common, ["user", "item", "brand"]]);
  expect(lists("[brand, seen]", "{ shared: all }")).toEqual([["brand", "seen"], ["brand"]]);
  expect(lists("all", "{ shared: [item] }")).toEqual([common, ["item"]]);
  expect(lists("all", "{}")).toEqual([common, []]);
});

test("all of nothing is no list, and rows of nothing cannot be weighted", () => {
  expect(problems(experiment("[]", "{ shared: all }"))).toMatchInlineSnapshot(`
    "
    my.yaml:16:23  federation.shared: "all": no categorical feature is said to mean the same in every client; list those that do in data.common, or share none
    "
  `);
  expect(problems(experiment("every", "{ shared: all }"))).toMatchInlineSnapshot(`
    "
    my.yaml:12:11  data.common: "every" is not one of all
    "
  `);
  expect(problems(experiment("all", "{ federatedEmbeddings: count-weighted }")))
    .toMatchInlineSnapshot(`
    "
    my.yaml:16:36  federation.federatedEmbeddings: count-weighted joins embedding rows of shared features, but federation.shared names none; list them there, or set it to all, or choose off
    "
  `);
  expect(problems(experiment("[]", "{ federatedEmbeddings: off }"))).toBe("no problem");
  expect(problems(experiment("all", "{ shared: all, federatedEmbeddings: off }"))).toBe(
    "no problem",
  );
  expect(problems(experiment("all", "{ shared: all, federatedEmbeddings: count-weighted }"))).toBe(
    "no problem",
  );
});

test("a made-up world knows what its clients have in common", () => {
  const world = `data:
  kind: scenarios
  scenarios: { a: { rows: 300 }, b: { rows: 300 } }
  ids: { fields: 2, values: 20 }
split: { kind: random }
model: { kind: mmoe }
methods: [local, fedavg]
federation: { shared: all }
`;
  expect(parseExperiment(world, "my.yaml").federation.shared).toEqual(["id0", "id1"]);
});
