import {
  splitClient,
  syntheticColumns,
  syntheticWorld,
  type RawTable,
  type SplitClient,
} from "../../../data/index.ts";
import {
  checkAnswer,
  createClient,
  decodeMessage,
  runStages,
  throughConnections,
  type ClientConnection,
  type ClientContext,
  type ClientMemory,
  type Message,
  type ServerOptions,
} from "../../../federation/index.ts";
import { noCryptography } from "../../../federation/no-cryptography.fixture.ts";
import { modelConfig } from "../../../models/index.ts";
import { jaxExecutor } from "../../../tensor/index.ts";
import { trainingConfig } from "../../../training/index.ts";
import { settingsOf } from "../../two-markets.fixture.ts";
import type { MethodSettings } from "../../types.ts";
import { collaborativeVectorsStage } from "./collaborative.ts";
import { fedmmConfig, type FedMmConfig } from "../config.ts";

/** Markets of one synthetic world, in which item 7 of one is item 7 of the other. */
export function marketTables(rows: Readonly<Record<string, number>>): Map<string, RawTable> {
  const markets = Object.fromEntries(Object.entries(rows).map(([name, n]) => [name, { rows: n }]));
  const world = syntheticWorld({ kind: "synthetic", markets, sharedTaste: 0.8, worldSeed: 1 });
  return new Map(world.map(({ client, table }) => [client, table]));
}

export function splitOf(
  client: string,
  table: RawTable,
  feedback: "explicit" | "implicit" = "explicit",
): SplitClient {
  const split = { kind: "random" as const, valid: 0.25, test: 0.25 };
  return splitClient(table, { client, columns: syntheticColumns, feedback, split }, 1);
}

export const settings = settingsOf({
  model: modelConfig.parse({ kind: "lr" }),
  training: trainingConfig.parse({ patience: 20 }),
  federation: {
    rounds: 3,
    localEpochs: 1,
    clientsPerRound: "all",
    cohort: "fixed",
    shared: [],
    federatedEmbeddings: "mean",
  },
  features: { categorical: [], numeric: [] },
});

export function configOf(own: object = {}): FedMmConfig {
  return fedmmConfig.parse({
    kind: "fedmm",
    collaborative: {
      model: { kind: "lightgcn", width: 4, layers: 2, epochs: 6, learningRate: 0.05 },
      rounds: 3,
    },
    ...own,
  });
}

export interface Party {
  readonly context: ClientContext;
  readonly files: Map<string, Uint8Array>;
}

export function partyOf(
  split: SplitClient,
  memory: ClientMemory = {},
  earlier: ReadonlyMap<string, Uint8Array> = new Map(),
): Party {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    context: {
      name: split.client,
      seed: 1,
      splits: [split],
      executor: jaxExecutor(),
      store: {
        write: async (file, pieces) => void files.set(file, Buffer.concat(pieces)),
        read: async (file) => files.get(file),
      },
      earlier: () => ({ read: async (file) => earlier.get(file) }),
      cryptography: noCryptography,
      memory,
    },
  };
}

export interface Sent {
  readonly client: string;
  readonly direction: "up" | "down";
  readonly message: Message;
}

/** Runs the stage over encoded messages; gives what crossed the wire. */
export async function runStage(
  parties: readonly Party[],
  config: FedMmConfig,
  own: Partial<MethodSettings> = {},
  options: Partial<ServerOptions> = {},
): Promise<Sent[]> {
  const sent: Sent[] = [];
  const stages = () => [collaborativeVectorsStage({ ...settings, ...own }, config)];
  const connections = parties.map(({ context }): ClientConnection => {
    const client = createClient(stages(), context);
    return {
      name: context.name,
      close: client.close,
      request: async (bytes) => {
        sent.push({ client: context.name, direction: "down", message: decodeMessage(bytes) });
        const reply = await client.handle(bytes);
        sent.push({ client: context.name, direction: "up", message: decodeMessage(reply) });
        checkAnswer(context.name, decodeMessage(bytes), decodeMessage(reply));
        return reply;
      },
    };
  });
  await runStages({
    stages: stages(),
    ...throughConnections(connections),
    seed: 1,
    signal: new AbortController().signal,
    onEvent: () => {},
    checkpoint: async () => {},
    ...options,
  });
  return sent;
}
