import { existsSync } from "node:fs";
import { join } from "node:path";
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
import { examples, type EqualityCase } from "./equality-cases.ts";
import { namespacesFor } from "./namespaces.ts";
import { today, type EqualityRow } from "./proofs.ts";

const SHARDS = 7;
const LIMIT_MS = 900_000;

const nameOf = (entry: Experiment["methods"][number]): string =>
  typeof entry === "string" ? entry : String(entry.name ?? entry.kind);

/** The example with few rounds, one seed, and seven shards where users of all domains are shared out. */
async function experimentOf({ file, set, methods, own }: EqualityCase): Promise<Experiment> {
  const example = await readExperiment(
    join(examples, file),
    ["seeds=[1]", ...set].map(parseOverride),
  );
  const kept = example.methods.filter((entry) => methods.includes(nameOf(entry)));
  const sharded = kept.map((entry) =>
    typeof entry === "string"
      ? entry
      : { ...entry, ...("shards" in entry && { shards: SHARDS }), ...own },
  );
  const evaluation = { ...example.evaluation, against: undefined };
  return experimentSchema.parse({ ...example, evaluation, methods: sharded });
}

/** The experiment's own clients where each is a silo, else as many as there are shards. */
function silosOf(experiment: Experiment): readonly string[] {
  const isSharded = experiment.methods.some(
    (entry) => typeof entry !== "string" && "shards" in entry,
  );
  if (isSharded) return Array.from({ length: SHARDS }, (_, i) => `silo-${i}`);
  return experiment.data.kind === "files"
    ? Object.keys(experiment.data.clients)
    : clientsOfWorld(experiment.data);
}

function differences(alone: ComparedCell, across: ComparedCell | undefined): string {
  if (across === undefined) return "ABSENT";
  const different = (["lines", "outcome", "epsilons"] as const).filter(
    (name) => JSON.stringify(alone[name]) !== JSON.stringify(across[name]),
  );
  return different.length === 0 ? "the same" : `DIFFERENT: ${different.join(", ")}`;
}

/**
 * Runs one experiment in one process, and across a server and its silos: processes of their own, each silo in a
 * network namespace of its own where this process may make them. Compares every metric of every client in every
 * round, all bytes, all traffic by stage and array, and the global model, bit for bit. Undefined where its data are
 * not there.
 */
export async function proveEqual(one: EqualityCase): Promise<readonly EqualityRow[] | undefined> {
  if (one.dataDirectory !== undefined && !existsSync(one.dataDirectory)) return undefined;
  const experiment = await experimentOf(one);
  const clients = silosOf(experiment);
  const alone = await runInProcess(experiment, { experimentDirectory: examples, threads: 4 });
  const spaces = namespacesFor(clients);
  const processes = await processesOf(clients, {
    ...(spaces && { host: spaces.host, commandOf: spaces.commandOf }),
    ...(one.dataDirectory !== undefined && { dataDirectory: one.dataDirectory }),
    checkpointSeconds: 5,
  });
  try {
    for (const client of clients) processes.startClient(client);
    const run = await processes.submit(experiment, clients);
    await processes.waitForRun(run, "forgotten", LIMIT_MS);
    const numbers = await processes.numbers(run);
    if (numbers.state !== "done") throw new Error(`${numbers.state}: ${numbers.reason}`);
    const across = comparedOf(numbers);
    // The reference of a made-up world runs nowhere where other clients take part than the world's own.
    const isElsewhere = (method: string) =>
      method === "best-possible" && !across.some((cell) => cell.method === method);
    return alone
      .filter(({ method }) => !isElsewhere(method))
      .map((cell) => {
        const { bytes, model } = JSON.parse(cell.outcome) as {
          readonly bytes: { readonly up: number };
          readonly model?: { readonly sizeBytes: number };
        };
        return {
          experiment: one.name,
          data: one.dataDirectory === undefined ? "synthetic" : "real",
          method: cell.method,
          silos: clients.length,
          namespaces: spaces !== undefined,
          lines: cell.lines.length,
          bytesUp: bytes.up,
          modelBytes: model?.sizeBytes ?? 0,
          verdict: differences(
            cell,
            across.find(({ method }) => method === cell.method),
          ),
          date: today(),
        };
      });
  } finally {
    await processes.close();
    spaces?.close();
  }
}
