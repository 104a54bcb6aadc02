import { methodsOf, QUESTIONS } from "./variants.ts";
import { central, federated, UNTRAINED } from "../fedcctr/variants.ts";
import type { Run } from "../plan-run.ts";
import type { Settings } from "../settings.ts";

/** One table of the page. */
export interface AugmentationRun extends Run {
  readonly title: string;
}

const run = (
  [name, title]: readonly [name: string, title: string],
  example: string,
  {
    methods,
    seeds = [1],
  }: { readonly methods: readonly Settings[]; readonly seeds?: readonly number[] },
): AugmentationRun => ({
  name,
  title,
  example,
  settings: () => ({
    methods,
    seeds,
    "evaluation.against": [...new Set(QUESTIONS.map(({ against }) => against))],
    "evaluation.metrics": ["ndcg@10", "hr@10", "mrr@10"],
  }),
});

/** Users have many films: the latest fifty, and less dropout than where they have few items. */
const ofFilms = (name: string): Settings => ({ ...federated(name), length: 50, dropout: 0.2 });

/** Without times there is no recency. */
const withoutTimes = UNTRAINED.filter(({ kind, recency }) => kind !== "recency" || recency === 0);

/** In the order in which they run. */
export const AUGMENTATION_RUNS: readonly AugmentationRun[] = [
  run(["food-kitchen", "Food-Kitchen, users as clients"], "fedcctr-food-kitchen", {
    methods: methodsOf(federated),
    seeds: [1, 2],
  }),
  run(["movielens-1m", "MovieLens 1M, users as clients"], "augmentation/movielens-1m", {
    methods: [...withoutTimes, ...methodsOf(ofFilms)],
  }),
  run(["food-kitchen-centralised", "Food-Kitchen, in one place"], "fedcctr-food-kitchen", {
    methods: methodsOf(central),
  }),
];
