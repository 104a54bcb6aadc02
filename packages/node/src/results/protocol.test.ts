import { methods } from "@atoll/core/methods";
import { expect, test } from "vitest";
import { parseExperiment } from "../experiment/index.ts";
import { describeProtocol } from "./protocol.ts";

const protocolOf = (methodLines: string) => {
  const experiment = parseExperiment(
    `name: two-shops
data:
  kind: cross-domain
  users: 300
  domains: { games: { items: 60 }, toys: { items: 80 } }
split: { kind: given, column: part }
negatives: { evaluation: { count: 20 } }
model: { kind: gmf }
methods: ${methodLines}
evaluation: { metrics: [ndcg@10] }
`,
    "shops.yaml",
  );
  const entries = describeProtocol(experiment, { metrics: ["ndcg@10"], selectBy: "ndcg@10" }, []);
  return new Map(entries.map(({ topic, text }) => [topic, text]));
};

test("what is shared is said of every method that federates, each by what it sends", () => {
  const both = protocolOf("[local, fedavg, { kind: fedcctr, request: { recency: 1 } }, fcf]");
  expect(both.get("What is shared")).toBe(
    "dense parameters; all embedding tables stay with their client",
  );
  expect(both.get("What fedcctr shares")).toBe(
    "each user's gradients of encoders, heads and the vectors of items; counts of what users chose, by item and time",
  );
  expect(both.get("What fcf shares")).toBe(
    "gradients of the items' vectors; each user's own vector stays with the user",
  );
  const own = protocolOf(
    "[local, { kind: fedcctr, name: mine, clients: silo, items: { vectors: public }, federate: encoders, request: { recency: 0 } }]",
  );
  expect(own.has("What is shared")).toBe(false);
  expect(own.get("What mine shares")).toBe(
    "each domain's changes to encoders and heads; vectors of items are public",
  );
  expect([...protocolOf("[local, popularity]").keys()].join()).not.toContain("share");
});

test("every federated method with a model of its own says what it sends", () => {
  for (const [kind, { role, trainsModel, travels }] of Object.entries(methods))
    if (role === "federated" && !trainsModel) expect(travels, kind).toBeDefined();
});
