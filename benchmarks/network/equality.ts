import { join } from "node:path";
import { parseArgs } from "node:util";
import { clientsOfWorld } from "@atoll/core/data";
import {
  experimentSchema,
  parseOverride,
  readExperiment,
  type Experiment,
} from "@atoll/node/experiment";
import {
  comparedOf,
  runInProcess,
  type ComparedCell,
} from "../../packages/network/src/hosting/in-process.fixture.ts";
import { processesOf } from "../../packages/network/src/hosting/processes.fixture.ts";
import { namespacesFor } from "./namespaces.ts";

/*
 * FedMM, PF-MSMTrec and FedCCTR in one process, and across a server and seven silos: processes of their own, each
 * silo in a network namespace of its own where this process may make them. Compares every metric of every client in
 * every round, all bytes and all traffic by stage and array, bit for bit.
 *   node benchmarks/network/equality.ts [--only fedmm]
 */
const { values } = parseArgs({ options: { only: { type: "string" } } });
const examples = join(import.meta.dirname, "../../examples");

interface Case {
  readonly name: string;
  readonly file: string;
  readonly set: readonly string[];
  /** Of the example's methods; the names of their entries. */
  readonly methods: readonly string[];
}

const scenarios = Array.from({ length: 7 }, (_, i) => [`s${i}`, { rows: 2600, group: i % 2 }]);
const cases: readonly Case[] = [
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
];

const nameOf = (entry: Experiment["methods"][number]): string =>
  typeof entry === "string" ? entry : String(entry.name ?? entry.kind);

/** The example with few rounds, one seed, and seven shards where users of all domains are shared out. */
async function experimentOf({ file, set, methods }: Case): Promise<Experiment> {
  const example = await readExperiment(
    join(examples, file),
    ["seeds=[1]", ...set].map(parseOverride),
  );
  const kept = example.methods.filter((entry) => methods.includes(nameOf(entry)));
  const sharded = kept.map((entry) =>
    typeof entry !== "string" && "shards" in entry ? { ...entry, shards: 7 } : entry,
  );
  const evaluation = { ...example.evaluation, against: undefined };
  return experimentSchema.parse({ ...example, evaluation, methods: sharded });
}

function differences(alone: ComparedCell, across: ComparedCell | undefined): string {
  if (across === undefined) return "ABSENT";
  const different = (["lines", "outcome", "epsilons"] as const).filter(
    (name) => JSON.stringify(alone[name]) !== JSON.stringify(across[name]),
  );
  return different.length === 0 ? "the same" : `DIFFERENT: ${different.join(", ")}`;
}

const row = (columns: readonly (string | number)[]) =>
  process.stdout.write(
    `${columns.map((column, i) => String(column).padEnd([12, 24, 8, 12, 20][i]!)).join("")}\n`,
  );

row(["experiment", "method", "lines", "bytes up", "across seven silos"]);
let isAllSame = true;
for (const one of cases) {
  if (values.only !== undefined && values.only !== one.name) continue;
  const experiment = await experimentOf(one);
  const worlds = clientsOfWorld(experiment.data as Parameters<typeof clientsOfWorld>[0]);
  const clients = worlds.length === 7 ? worlds : Array.from({ length: 7 }, (_, i) => `silo-${i}`);
  const alone = await runInProcess(experiment, { experimentDirectory: examples, threads: 4 });
  const spaces = namespacesFor(clients);
  const processes = await processesOf(clients, {
    ...(spaces && { host: spaces.host, commandOf: spaces.commandOf }),
    checkpointSeconds: 5,
  });
  try {
    for (const client of clients) processes.startClient(client);
    const run = await processes.submit(experiment, clients);
    await processes.waitForRun(run, "forgotten", 900_000);
    const numbers = await processes.numbers(run);
    if (numbers.state !== "done") throw new Error(`${numbers.state}: ${numbers.reason}`);
    const across = comparedOf(numbers);
    // The reference of a made-up world runs nowhere where other clients take part than the world's own.
    for (const cell of alone) {
      if (cell.method === "best-possible" && worlds.length !== 7) continue;
      const verdict = differences(
        cell,
        across.find(({ method }) => method === cell.method),
      );
      if (verdict !== "the same") isAllSame = false;
      const { bytes } = JSON.parse(cell.outcome) as { bytes: { up: number } };
      row([one.name, cell.method, cell.lines.length, bytes.up, verdict]);
    }
  } catch (error) {
    isAllSame = false;
    row([one.name, `FAILED: ${String(error)}`]);
  } finally {
    await processes.close();
    spaces?.close();
  }
}
process.exitCode = isAllSame ? 0 : 1;
