import { splitClient, worldClients, columnsOfWorld, type SplitClient } from "@atoll/core/data";
import { experimentSchema, type Experiment } from "../experiment/index.ts";

/** Scenarios with two hashed id features, a label that is never known from few rows, and little else. */
export const world = (rows: Readonly<Record<string, number>>) =>
  ({
    kind: "scenarios",
    scenarios: Object.fromEntries(Object.entries(rows).map(([name, n]) => [name, { rows: n }])),
    features: 4,
    units: 4,
    ids: { fields: 2, values: 150, hash: 2000 },
  }) as const;

export function experimentOf(own: Record<string, unknown>): Experiment {
  return experimentSchema.parse({
    name: "audited",
    data: world({ a: 560 }),
    split: { kind: "random", valid: 0.05, test: 0.45 },
    model: { kind: "lr" },
    methods: ["local"],
    federation: { rounds: 12 },
    training: { batchSize: 32, optimiser: { kind: "adam", learningRate: 0.1 }, select: "last" },
    evaluation: { metrics: ["logloss:click"], bootstrap: 100 },
    seeds: [1],
    ...own,
  });
}

/** The clients of such a world, split. */
export function splitsOf(rows: Readonly<Record<string, number>>): SplitClient[] {
  const { data } = experimentOf({ data: world(rows) });
  if (data.kind === "files") throw new RangeError("a world is made");
  return worldClients(data).map(({ client, table }) =>
    splitClient(
      table,
      {
        client,
        columns: columnsOfWorld(data),
        feedback: "explicit",
        split: { kind: "random", valid: 0.05, test: 0.45 },
      },
      1,
    ),
  );
}
