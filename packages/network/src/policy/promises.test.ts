import { describe, expect, test } from "vitest";
import { accountants } from "@atoll/core/privacy";
import { FEATURES, reviewed, shops } from "./job.fixture.ts";
import { plannedOf } from "./planned.ts";
import { epsilonByUnit, promisesOf, type Promised } from "./promises.ts";

const of = (methods: string) => plannedOf(reviewed(shops(`methods:\n${methods}`))).map(promisesOf);
const block = (privacy: string) =>
  `  - { kind: fedavg, privacy: { ${privacy}, assumePublic: ${FEATURES} } }`;

describe("what a training promises", () => {
  test.each<[string, string, Partial<Promised>]>([
    ["its epsilon", "kind: dp-sgd, epsilon: 2", { kind: "dp-sgd", unit: "example", epsilon: 2 }],
    [
      "its cap, where the noise is given",
      "kind: dp-sgd, noiseMultiplier: 1, cap: 5",
      { unit: "example", epsilon: 5, cap: 5 },
    ],
    ["the lesser of both", "kind: central, epsilon: 7, cap: 5", { kind: "central", epsilon: 5 }],
    [
      "no bound, where neither is given",
      "kind: central, noiseMultiplier: 1",
      { epsilon: Infinity },
    ],
    ["a budget of its own kind's", "kind: local", { kind: "local", unit: "client", epsilon: 3 }],
    [
      "nothing that bounds a sum",
      "kind: distributed, minimumClients: 2, delta: 0.0001",
      { kind: "distributed", epsilon: Infinity, delta: 1e-4 },
    ],
    ["a ledger", "kind: local, ledger: l.sqlite", { ledger: "l.sqlite" }],
  ])("is %s", (_, privacy, expected) => {
    const [promises] = of(block(privacy));
    expect(promises).toHaveLength(1);
    expect(promises![0]).toMatchObject({ method: "fedavg", ...expected });
  });

  test("is nothing without noise, and nothing where nothing is said", () => {
    expect(of(block("kind: central, noiseMultiplier: 0"))).toEqual([[]]);
    expect(of("  - fedavg")).toEqual([[]]);
  });

  test("is, of a codebook with noise, what its releases cost together", () => {
    const [promises] = of(`  - kind: fedmm
    codebooks:
      { rounds: 4, entities: [item, user], levels: [global, global, local], aggregation: sums,
        privacy: { clipNorm: 1, noiseMultiplier: 3, delta: 1.0e-6 } }
    channels: { embeddings: local, head: local }`);
    const mechanism = {
      kind: "gaussian",
      noiseMultiplier: 3 / Math.SQRT2,
      samplingRate: 1,
    } as const;
    expect(promises).toEqual([
      {
        method: "fedmm",
        kind: "codebook",
        unit: "vector",
        // Four rounds of two entities with two common levels each.
        epsilon: accountants.rdp.epsilon([{ mechanism, count: 16 }], 1e-6),
        delta: 1e-6,
        ledger: undefined,
        cap: undefined,
      },
    ]);
  });
});

describe("all trainings together", () => {
  const promise = (own: Partial<Promised>): Promised => ({
    method: "m",
    kind: "dp-sgd",
    unit: "example",
    epsilon: 2,
    delta: 1e-5,
    ledger: undefined,
    cap: undefined,
    ...own,
  });

  test("spend the sum over methods and seeds, unit by unit", () => {
    const promises = [
      promise({ method: "a" }),
      promise({ method: "b", epsilon: 3 }),
      promise({ method: "c", unit: "client", epsilon: 7 }),
    ];
    expect([...epsilonByUnit(promises, 4)]).toEqual([
      ["example", 20],
      ["client", 28],
    ]);
  });

  test("spend no more than the cap of the ledger that they share", () => {
    const ledger = "l.sqlite";
    const capped = [
      promise({ method: "a", ledger, cap: 5 }),
      promise({ method: "b", ledger, cap: 5 }),
    ];
    expect([...epsilonByUnit(capped, 3)]).toEqual([["example", 5]]);
    // Less than the cap is less.
    expect([...epsilonByUnit(capped, 1)]).toEqual([["example", 4]]);
    // Another ledger has room of its own, and who has no cap passes that of others.
    const others = [promise({ method: "c", ledger: "m.sqlite", cap: 5 })];
    expect([...epsilonByUnit([...capped, ...others], 3)]).toEqual([["example", 10]]);
    expect([...epsilonByUnit([...capped, promise({ method: "d", ledger })], 3)]).toEqual([
      ["example", 18],
    ]);
  });
});
