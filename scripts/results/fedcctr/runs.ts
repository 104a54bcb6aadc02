import type { Experiment } from "@atoll/node/experiment";
import {
  ABLATIONS,
  baselines,
  central,
  CENTRAL,
  CLIENTS,
  FED,
  FEDSASREC,
  federated,
  ITEMS_WITH_TITLES,
  KNOWING,
  MERGED,
  RECENCY_TITLE,
  REQUEST,
  SASREC,
  SENSITIVITY,
  SLOW,
  TITLE,
  TITLES,
  UNTRAINED,
  type Variant,
} from "./variants.ts";
import { type Run } from "../plan-run.ts";
import { type Settings, merged } from "../settings.ts";
import * as promises from "./promises.ts";

const FOOD_KITCHEN = "fedcctr-food-kitchen";
const SYNTHETIC = "fedcctr-synthetic";
const FULL_RANKING = "fedcctr/food-kitchen-full-ranking";
const METRICS = ["ndcg@10", "hr@10", "mrr@10"];
const SEEDS = [1, 2, 3];

const run = (
  name: string,
  settings: (base: Experiment) => Settings,
  example = FOOD_KITCHEN,
): Run => ({
  name,
  example,
  settings: (base) => ({ "evaluation.metrics": METRICS, seeds: SEEDS, ...settings(base) }),
});

/** Among all items training first spoils what an untrained model knows of requests, and would be stopped before it learns. */
const patient = (settings: Settings) => merged(settings, { training: { patience: 15 } });

const variantsOf = (variants: readonly Variant[]) =>
  variants.map(({ name, settings }) => merged(federated(name), settings));

const bothForms = () => [central(CENTRAL), federated(FED)];
const bothKnowing = () => [
  central(`${CENTRAL}${KNOWING}`, REQUEST),
  federated(`${FED}${KNOWING}`, REQUEST),
];

/** Other data, by the title of their section: what they say against what. */
export const OTHER_DATA = [
  {
    name: "full-ranking",
    title: "Food-Kitchen, ranked among all items of the domain",
    example: FULL_RANKING,
    methods: () => [...UNTRAINED, ...[...bothForms(), ...bothKnowing()].map(patient)],
    against: RECENCY_TITLE,
  },
  {
    name: "game-toy",
    title: "Game-Toy, which knows neither times nor titles",
    example: "fedcctr/amazon-game-toy",
    methods: () => [
      ...UNTRAINED.filter(({ kind }) => kind !== "recency"),
      ...bothForms(),
      ...baselines().filter(({ name }) => name === SASREC),
    ],
    against: CENTRAL,
  },
  {
    name: "movie-book",
    title: "Movie-Book, of whose targets a third never occurs in training",
    example: "fedcctr/amazon-movie-book",
    methods: () => [...UNTRAINED, ...bothForms(), ...bothKnowing()],
    against: RECENCY_TITLE,
  },
] as const;

/** Users of the synthetic world. */
export const USERS = [1000, 10_000, 100_000] as const;

/** In the order in which they run: what most depends on, first. */
export const FEDCCTR_RUNS: readonly Run[] = [
  run("main", () => ({
    methods: [
      ...UNTRAINED,
      ...bothForms(),
      ...bothKnowing(),
      federated(`${FED}${TITLES}${KNOWING}`, { ...REQUEST, ...ITEMS_WITH_TITLES }),
      central(MERGED, { encoders: "merged", cdrd: { weight: 0 } }),
      federated(FEDSASREC, { encoders: "merged", cdrd: { weight: 0 } }),
      ...baselines(),
    ],
    // What models of one domain read; the others have sequences of their own.
    "data.columns.history": { length: 30 },
    "evaluation.against": [CENTRAL, RECENCY_TITLE],
  })),
  run("privacy", () => ({
    methods: [...UNTRAINED.filter(({ kind }) => kind === "recency"), ...promises.MODES],
    "evaluation.against": [TITLE, promises.NOISELESS, promises.localName(1)],
  })),
  run("promises", () => ({
    methods: [
      ...UNTRAINED.filter(({ name }) => name === TITLE),
      promises.noiseless[0]!,
      ...promises.OTHER_MODES,
    ],
    "evaluation.against": [TITLE, promises.NOISELESS],
  })),
  run("ablations", () => ({
    methods: [federated(FED), ...variantsOf(ABLATIONS)],
    "evaluation.against": [FED],
  })),
  run("clients", () => ({
    methods: [federated(FED), ...variantsOf(CLIENTS)],
    "evaluation.against": [FED],
  })),
  run("slow", () => ({
    methods: [...UNTRAINED.filter(({ name }) => name === RECENCY_TITLE), ...SLOW],
    "data.columns.history": { length: 30 },
    "evaluation.against": [RECENCY_TITLE],
  })),
  run("sweeps", () => ({
    methods: [
      federated(FED),
      ...variantsOf(SENSITIVITY),
      ...promises.SAMPLINGS.map(({ settings }) => settings),
    ],
    "evaluation.against": [FED],
  })),
  ...OTHER_DATA.map(({ name, example, methods, against }) =>
    run(
      name,
      () => ({
        methods: methods(),
        ...(name === "game-toy" && { "data.columns.history": { length: 30 } }),
        "evaluation.against": [against],
      }),
      example,
    ),
  ),
  ...USERS.map((users) =>
    run(
      `users-${users}`,
      () => ({
        "data.users": users,
        methods: [{ kind: "recency", name: TITLE, recency: 0, text: 1 }, ...promises.curve(users)],
        "evaluation.against": [TITLE, promises.localName(1)],
      }),
      SYNTHETIC,
    ),
  ),
];
