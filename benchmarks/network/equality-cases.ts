import { join } from "node:path";

export const examples = join(import.meta.dirname, "../../examples");
const data = join(import.meta.dirname, "../../../shared/data");

/** An example, made small enough to be run twice. */
export interface EqualityCase {
  readonly name: string;
  readonly file: string;
  readonly set: readonly string[];
  /** Of the example's methods; the names of their entries. */
  readonly methods: readonly string[];
  /** What their entries have beside. */
  readonly own?: Readonly<Record<string, unknown>>;
  /** Where the rows of a real data set lie; absent of a made-up world. */
  readonly dataDirectory?: string;
}

const scenarios = Array.from({ length: 7 }, (_, i) => [`s${i}`, { rows: 2600, group: i % 2 }]);

export const equalityCases: readonly EqualityCase[] = [
  {
    name: "fedmm",
    file: "fedmm-synthetic.yaml",
    set: ["federation.rounds=4"],
    methods: ["fedavg", "all-local", "published", "fedmm", "coupled-codes"],
  },
  {
    name: "pf-msmtrec",
    file: "pf-msmtrec-synthetic.yaml",
    set: [
      "federation.rounds=4",
      `data.scenarios=${JSON.stringify(Object.fromEntries(scenarios))}`,
      `split=${JSON.stringify({ kind: "random", valid: 0.1, test: 0.5 })}`,
    ],
    methods: ["fedavg", "ditto", "pf-msmtrec", "pf-literal"],
  },
  {
    name: "fedcctr",
    file: "fedcctr-synthetic.yaml",
    set: ["federation.rounds=6", "data.users=700"],
    methods: ["federated", "federated+augmentation", "federated+request"],
  },
  {
    name: "fedmm-xmarket",
    file: "fedmm-xmarket.yaml",
    set: ["federation.rounds=2"],
    methods: ["fedmm"],
    // Its stages before training have rounds of their own.
    own: {
      collaborative: {
        rounds: 2,
        model: {
          kind: "lightgcn",
          layers: 2,
          epochs: 2,
          learningRate: 0.03,
          decay: 0.007,
          batchSize: 8192,
        },
      },
      codebooks: { rounds: 2, finalEpochs: 1 },
    },
    dataDirectory: join(data, "xmarket-electronics"),
  },
  {
    name: "pf-msmtrec-criteo",
    file: "pf-msmtrec-criteo.yaml",
    set: ["federation.rounds=2"],
    methods: ["fedavg", "pf-msmtrec"],
    dataDirectory: join(data, "criteo-adkdd21"),
  },
  {
    name: "fedcctr-food-kitchen",
    file: "fedcctr-food-kitchen.yaml",
    set: ["federation.rounds=3"],
    methods: ["federated+request"],
    dataDirectory: join(data, "amazon-food-kitchen"),
  },
];
