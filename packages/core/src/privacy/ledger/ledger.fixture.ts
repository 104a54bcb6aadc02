import type { Mechanism } from "../accounting/mechanism.ts";
import type { Budget, Charge } from "./types.ts";

export const gaussian = (noiseMultiplier: number, samplingRate = 1): Mechanism => ({
  kind: "gaussian",
  noiseMultiplier,
  samplingRate,
});

export function budgetOf(own: Partial<Budget> = {}): Budget {
  return {
    epsilon: Infinity,
    delta: 1e-5,
    accountant: "rdp",
    adaptivity: { kind: "zcdp-filter" },
    ...own,
  };
}

export function release(id: string, mechanism: Mechanism, count = 1): Charge {
  return {
    id,
    run: "run",
    stage: "train",
    round: 7,
    what: "the update",
    unit: "example",
    adjacency: "add-remove",
    uses: { mechanism, count },
  };
}

const noises = [gaussian(0.7), gaussian(1.3), gaussian(6)];
const sampled = [gaussian(0.8, 0.01), gaussian(1.2, 0.2), gaussian(3)];

/** An account of each kind, and mechanisms that may be charged to it, 1000 times each. */
export const adaptivities: readonly {
  readonly name: string;
  readonly budget: Budget;
  readonly mechanisms: readonly Mechanism[];
}[] = [
  {
    name: "planned",
    budget: budgetOf({
      adaptivity: {
        kind: "planned",
        plan: sampled.map((mechanism) => ({ mechanism, count: 1000 })),
      },
    }),
    mechanisms: sampled,
  },
  { name: "zcdp-filter", budget: budgetOf(), mechanisms: noises },
  {
    name: "renyi-filter",
    budget: budgetOf({ adaptivity: { kind: "renyi-filter", order: 6 } }),
    mechanisms: [...sampled, { kind: "laplace", noiseMultiplier: 2 }],
  },
];
