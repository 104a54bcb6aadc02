import { parseExperiment } from "@atoll/node/experiment";
import { planOf } from "@atoll/node/runs";
import { parsePolicy, type PolicyConfig } from "./policy-file.ts";
import type { ReviewedJob } from "./types.ts";

/** An experiment of two shops that rate products, with further lines of YAML. */
export function shops(rest: string): string {
  return `
name: market study
data:
  kind: files
  directory: data
  columns:
    user: customer
    item: product
    time: day
    label: { column: rating, atLeast: 4 }
    categorical: [segment, { column: brand, of: item }]
    numeric: [{ column: price, of: item }]
    crosses: [{ columns: [segment, brand] }]
  feedback: explicit
  common: [item, segment]
  clients:
    de: { path: de.parquet }
    fr: { path: fr.parquet }
split: { kind: random, valid: 0.1, test: 0.1 }
training: { select: last }
federation: { rounds: 10, shared: [segment] }
seeds: [1, 2]
${rest}`;
}

/** All features of the shops, for promises that leave their vocabularies open. */
export const FEATURES = "[user, item, segment, brand, segmentxbrand, price]";

/** A job with an experiment's methods, for the shop in Germany. */
export function reviewed(yaml: string, own: Partial<ReviewedJob> = {}): ReviewedJob {
  const experiment = parseExperiment(yaml, "experiment.yaml");
  return {
    job: {
      protocol: 1,
      run: "r-17",
      name: experiment.name,
      experiment: JSON.parse(JSON.stringify(experiment)) as Record<string, unknown>,
      parties: {},
      methods: planOf(experiment).methods.map(({ entry }) => entry.name),
    },
    experiment,
    clients: ["de"],
    ...own,
  };
}

/** An experiment of two domains in which fedcctr augments. */
export function domains(augmentation: string): string {
  return `
data:
  kind: cross-domain
  users: 40
  domains: { food: { items: 30 }, kitchen: { items: 30 } }
  events: { min: 6, max: 8 }
  titles: { words: 3 }
split: { kind: leave-one-out }
negatives: { evaluation: { count: 8 } }
methods: [fedcctr]
augmentation: ${augmentation}
evaluation: { metrics: [ndcg@5] }
`;
}

export function policyOf(yaml: string): PolicyConfig {
  return parsePolicy(yaml, "policy.yaml");
}
