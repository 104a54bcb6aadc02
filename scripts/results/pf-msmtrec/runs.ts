import type { Experiment } from "@atoll/node/experiment";
import { ABLATIONS, entriesOf, LITERAL, PF, SENSITIVITY, variantsOf } from "./variants.ts";
import { type Settings, plain } from "../settings.ts";
import type { Run } from "../plan-run.ts";

/** What the page compares with, so far as an experiment has it. */
export const NAMED = ["local", "fedavg", "fedper"] as const;

/** What tables of differences have beside these: the plainest method that also ends with passes alone. */
export const COMPARED = [...NAMED, "fedavg-finetuned"] as const;

/** Three trainings on each of five folds; one. */
const ALL_SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
const FEW_SEEDS = ALL_SEEDS.slice(0, 5);
/** Those that every question is asked of. */
const MAIN_METHODS = new Set(["local", "fedavg", "fedavg-finetuned", "fedper", PF, LITERAL]);

export const ANGLES = [0, 60, 90, 120, 150] as const;

const HASH15 = "pf-msmtrec-criteo";
const HASH18 = "pf-msmtrec/criteo-hash18";
const SYNTHETIC = "pf-msmtrec-synthetic";

const run = (
  name: string,
  example: string,
  settings: (base: Experiment) => Settings = () => ({}),
): Run => ({
  name,
  example,
  settings: (base) => {
    const names = new Set(entriesOf(base).keys());
    return {
      "evaluation.against": COMPARED.filter((other) => names.has(other)),
      ...settings(base),
    };
  },
});

const main = (methods: readonly Settings[]) =>
  methods.filter(({ name }) => MAIN_METHODS.has(String(name)));

const SHARED: Settings = { "federation.federatedEmbeddings": "count-weighted" };

const mainMethods = (base: Experiment): Settings => ({
  ...SHARED,
  methods: main(plain([...entriesOf(base).values()])),
  seeds: ALL_SEEDS,
});

const allMethods = (base: Experiment): Settings => ({
  ...SHARED,
  methods: plain([...entriesOf(base).values()]),
  seeds: FEW_SEEDS,
});

const atHome = (base: Experiment): Settings => ({
  // Where no rows travel, how they would be joined is no question.
  methods: plain(
    [...entriesOf(base).values()].filter(({ name }) =>
      ["local", "fedavg", PF, LITERAL].includes(name),
    ),
  ),
  seeds: FEW_SEEDS,
  "evaluation.against": ["local", "fedavg"],
  "federation.federatedEmbeddings": "off",
});

const changes = (variants: typeof ABLATIONS) => (base: Experiment) => {
  const entries = entriesOf(base);
  const kept = ["local", "fedavg", PF, LITERAL].flatMap((name) => entries.get(name) ?? []);
  return {
    ...SHARED,
    methods: [...plain(kept), ...variantsOf(base, variants)],
    seeds: FEW_SEEDS,
    "evaluation.against": ["fedavg", PF],
  };
};

/** Another angle between the groups. */
const world =
  (angle: number, more: Settings = {}) =>
  (): Settings => ({ "data.conflictAngle": angle, ...more });

/** The same at 90 degrees, where there are no rows to share. */
const inOneWorld = (variants: typeof ABLATIONS) => (base: Experiment) => ({
  ...world(90)(),
  methods: [
    ...plain(["local", "fedavg", PF, LITERAL].flatMap((name) => entriesOf(base).get(name) ?? [])),
    ...variantsOf(base, variants).filter(({ rows }) => rows !== "evidence"),
  ],
  "evaluation.against": ["fedavg", PF],
});

/** In the order in which they run: what most depends on, first. */
export const RUNS: readonly Run[] = [
  ...ANGLES.map((angle) => run(`synthetic-${angle}`, SYNTHETIC, world(angle))),
  run("criteo-hash18", HASH18, mainMethods),
  run("criteo-hash15", HASH15, mainMethods),
  run("ablations-hash18", HASH18, changes(ABLATIONS)),
  run("criteo-hash18-off", HASH18, atHome),
  run("criteo-hash15-off", HASH15, atHome),
  run("baselines-hash18", HASH18, allMethods),
  run("baselines-hash15", HASH15, allMethods),
  run("ablations-synthetic", SYNTHETIC, inOneWorld(ABLATIONS)),
  run("sensitivity", SYNTHETIC, inOneWorld(SENSITIVITY)),
  run("synthetic-90-feature", SYNTHETIC, world(90, { "data.scenarioFeature": true })),
  run("jd-tmall", "pf-msmtrec/jd-tmall"),
];
