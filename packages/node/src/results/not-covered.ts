import type { PrivacyConfig } from "@atoll/core/privacy";

/** What else an experiment does with the rows that a method's promise is about. */
export interface Surroundings {
  readonly seeds: number;
  /** The method itself, and others with a promise. */
  readonly self: string;
  readonly privateMethods: readonly { readonly name: string; readonly config: PrivacyConfig }[];
  /** Methods that learn from the same rows without one. */
  readonly openMethods: readonly string[];
  /** Whether charges also say what the formula for sampling gives. */
  readonly amplified: boolean;
  /** Whether epsilon counts on nobody seeing which units took part. */
  readonly sampled: boolean;
  /** Whether parties simulate the clients. */
  readonly simulated: boolean;
}

/** What the accounts of a method do not count, as sentences. */
export function notCovered(config: PrivacyConfig, around: Surroundings): string[] {
  return [
    ...ofKind(config, around),
    ...ofSimulation(around),
    ...ofSurroundings(config, around),
    "Settings that were chosen by results on the same rows: every try is a training of its own, and none of them is counted here.",
    "Metrics: they are exact numbers of validation and test rows, sent so that the experiment can be judged.",
    "Counts of rows, users and items, and what held-out rows share with training rows: this result tells them exactly.",
  ];
}

function ofKind(
  config: PrivacyConfig,
  { amplified, sampled, simulated }: Pick<Surroundings, "amplified" | "sampled" | "simulated">,
): string[] {
  switch (config.kind) {
    case "none":
      return [
        "All that leaves in other ways: only the releases that the account lists carry noise; updates of the model do not.",
      ];
    case "dp-sgd":
      return [
        ...assumedPublic(config.assumePublic),
        "Rounding: noise is exact on a grid, but gradients are worked out in single precision. A part of the clip bound, from a thousandth up with the units of a step, is kept in reserve for that, which is an allowance and no proof.",
      ];
    case "central":
      return [
        ...assumedPublic(config.assumePublic),
        "The way to the server: it receives each client's update as it is, and has to be trusted with it.",
        // Of simulated clients nothing is written down of who took part.
        ...(sampled && !simulated
          ? [
              "Who took part in a round: metrics.jsonl in the run's folder says it, and the traffic in this result tells how many did in all. For whoever reads them epsilon is the one that is not amplified.",
            ]
          : []),
      ];
    case "local":
      return [
        ...assumedPublic(config.assumePublic),
        ...(amplified
          ? [
              "What the formula for sampling gives: it is often quoted, and no promise, for the noise of a state shows how many took part.",
            ]
          : []),
      ];
    case "distributed":
      return [
        ...assumedPublic(config.assumePublic),
        `A single client's message: it carries one share of the noise, 1/${config.minimumClients} of its variance. The promise is about the sum, and needs secure aggregation, which hides all but the sum.`,
      ];
  }
}

function ofSimulation({ simulated }: Pick<Surroundings, "simulated">): string[] {
  if (!simulated) return [];
  return [
    "What is taken as public: which items there are, with their texts, how many clients there are, and the first and the last training day.",
    "The simulation: whoever runs it holds everybody's rows. What is promised is promised of what the same clients would send, were each on its own.",
  ];
}

function assumedPublic(features: readonly string[]): string[] {
  if (features.length === 0) return [];
  return [
    `Vocabularies and scales of ${features.join(", ")}: they are taken from training rows, and the experiment says that they are public.`,
  ];
}

function ofSurroundings(
  config: PrivacyConfig,
  { seeds, self, privateMethods, openMethods }: Surroundings,
): string[] {
  const ledger = ledgerOf(config);
  const others = privateMethods.flatMap((method) => {
    if (ledger !== undefined && ledgerOf(method.config) === ledger) return [];
    const times = method.name === self ? seeds - 1 : seeds;
    return times === 0 ? [] : [`${method.name} (${times === 1 ? "once" : `${times} times`})`];
  });
  return [
    ...(others.length === 0
      ? []
      : [
          `Other trainings of this experiment on the same rows, which have accounts of their own: ${others.join(", ")}. For whoever sees several of the models, the epsilons of one unit add up, and so do the deltas.`,
        ]),
    ...(openMethods.length === 0
      ? []
      : [
          `${openMethods.join(", ")}: trained on the same rows without a promise. Against whoever sees such a model, or its metrics, nothing here holds.`,
        ]),
  ];
}

function ledgerOf(config: PrivacyConfig): string | undefined {
  return config.kind === "none" ? undefined : config.ledger;
}
