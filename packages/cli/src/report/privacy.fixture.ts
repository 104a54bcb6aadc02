import type { PrivacyResult, Result } from "@atoll/node/results";
import { resultOf } from "./result.fixture.ts";

/** A promise to the rows of clients; epsilon grows with the square root of the rounds. */
export function promise(epsilons: Readonly<Record<string, number>>): PrivacyResult {
  const entries = Object.entries(epsilons);
  const [weakest] = entries.reduce((most, entry) => (entry[1] > most[1] ? entry : most));
  return {
    kind: "dp-sgd",
    unit: "example",
    adjacency: "add-remove",
    delta: 1e-5,
    accountant: "rdp",
    cap: 12,
    accounts: Object.fromEntries(
      entries.map(([client, epsilon]) => [
        client,
        {
          epsilon,
          unamplified: 30 * epsilon,
          releases: 20,
          byRound: Array.from({ length: 20 }, (_, round) => ({
            stage: "train",
            round,
            epsilon: epsilon * Math.sqrt((round + 1) / 20),
            unamplified: 30 * epsilon * Math.sqrt((round + 1) / 20),
          })),
        },
      ]),
    ),
    weakest,
    released: [{ stage: "train", what: "the model after 1 pass", releases: 20 }],
    words: ["What is protected is one row.", `Epsilon is ${epsilons[weakest]} at delta 0.00001.`],
    notCovered: ["Metrics: they are <exact> numbers."],
  };
}

const clients = ["de", "jp"];

/** FedAvg at two promises and without one, beside local training. */
export function privateResult(): Result {
  const result = resultOf(clients, {
    fedavg: { macro: [0.04, "better"] },
    strong: { macro: [0.01, "no clear difference"] },
    weak: { macro: [0.03, "better"] },
  });
  return {
    ...result,
    methods: {
      ...result.methods,
      strong: {
        ...result.methods["strong"]!,
        kind: "fedavg",
        privacy: promise({ de: 0.5, jp: 1 }),
      },
      weak: {
        ...result.methods["weak"]!,
        kind: "fedavg",
        privacy: promise({ de: 9.99991, jp: 4 }),
      },
    },
  };
}
