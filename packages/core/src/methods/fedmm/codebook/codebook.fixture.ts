import type { ClientContext } from "../../../federation/client-context.ts";
import type { CollaborativeVectors, EntityCodes } from "../../../federation/client-memory.ts";
import {
  decodeMessage,
  decodeState,
  encodeMessage,
  encodeState,
} from "../../../federation/index.ts";
import { guard } from "../../../federation/declaration.ts";
import { noCryptography } from "../../../federation/no-cryptography.fixture.ts";
import type { SavedState } from "../../../federation/stage.ts";
import type { Message } from "../../../federation/types.ts";
import type { PrivacyServices } from "../../../privacy/index.ts";
import { normal, streamOf, uniformBelow } from "../../../random/index.ts";
import { jaxExecutor } from "../../../tensor/index.ts";
import type { MethodSettings } from "../../types.ts";
import { codebookStage } from "./codebook.ts";
import { readCodebooks, type StoredCodebooks } from "./file.ts";
import { fedmmConfig, type FedMmConfig } from "../config.ts";

export const WIDTH = 6;

/** Vectors around a few centres; entity 0 is nobody, the last item has no training positive. */
export function market(
  seed: number,
  sizes: { readonly items: number; readonly users?: number },
  turn: (vectors: Float32Array) => Float32Array = (vectors) => vectors,
): CollaborativeVectors {
  const of = (what: string, n: number) => {
    const random = streamOf(seed, what);
    const centres = Array.from({ length: 8 * WIDTH }, () => 2 * normal(random));
    const vectors = new Float32Array((n + 1) * WIDTH);
    for (let e = 1; e <= n; e++) {
      const centre = uniformBelow(random, 8) * WIDTH;
      for (let k = 0; k < WIDTH; k++)
        vectors[e * WIDTH + k] = centres[centre + k]! + 0.3 * normal(random);
    }
    return turn(vectors);
  };
  const { items, users = 20 } = sizes;
  const counts = (n: number) => Int32Array.from({ length: n + 1 }, (_, e) => (e === 0 ? 0 : 2));
  const itemCounts = counts(items);
  itemCounts[items] = 0;
  return {
    factors: { width: WIDTH, items: of("item", items), users: of("user", users) },
    folds: [],
    foldOfRow: new Int8Array(0),
    userOfRow: new Int32Array(0),
    itemOfRow: new Int32Array(0),
    itemOfPool: [],
    itemCounts,
    userCounts: counts(users),
    itemValues: Array.from({ length: items }, (_, i) => `secret-item-${i}`),
    userValues: Array.from({ length: users }, (_, i) => `secret-user-${i}`),
  };
}

export function configOf(
  codebooks: Record<string, unknown> = {},
  alignment: Record<string, unknown> = {},
): FedMmConfig {
  return fedmmConfig.parse({
    kind: "fedmm",
    alignment,
    codebooks: {
      entities: ["item"],
      codes: 8,
      localCodes: 8,
      width: 4,
      hidden: [8],
      rounds: 3,
      localEpochs: 1,
      finalEpochs: 1,
      batchSize: 32,
      learningRate: 0.01,
      restartEvery: 2,
      ...codebooks,
    },
  });
}

export interface Sent {
  readonly client: string;
  readonly bytes: Uint8Array;
  readonly message: Message;
}

export interface Outcome {
  readonly codes: ReadonlyMap<string, readonly EntityCodes[]>;
  readonly files: ReadonlyMap<string, StoredCodebooks>;
  readonly up: readonly Sent[];
  readonly down: readonly Sent[];
  /** What every client kept after the last exchange, and the server. */
  readonly saved: ReadonlyMap<string, SavedState>;
  readonly server: SavedState;
}

export interface Federation {
  readonly markets: Readonly<Record<string, CollaborativeVectors>>;
  readonly config: FedMmConfig;
  /** Replies that never arrive, by exchange; with `unasked`, the request did not arrive either. */
  readonly absent?: (client: string, exchange: number) => "reply" | "unasked" | undefined;
  /** Everything is saved, encoded, and opened anew before this exchange. */
  readonly restartAt?: number;
  readonly order?: (clients: readonly string[]) => readonly string[];
  /** Of each client, by its name. */
  readonly privacyOf?: (client: string) => PrivacyServices;
  /** The files of each client, kept across calls. */
  readonly files?: Map<string, Uint8Array>;
}

/** Runs the stage with every message encoded, guarded and decoded. */
export async function federate(options: Federation): Promise<Outcome> {
  const { markets, config, absent = () => undefined, restartAt } = options;
  const names = Object.keys(markets).sort();
  const stage = codebookStage({} as MethodSettings, config);
  const files = options.files ?? new Map<string, Uint8Array>();
  const contexts = new Map<string, ClientContext>();
  const open = async (name: string) => {
    const context: ClientContext = {
      name,
      seed: 1,
      splits: [],
      executor: jaxExecutor(),
      store: {
        write: async (file, pieces) => {
          const all = pieces.flatMap((piece) => [...piece]);
          files.set(`${name}/${file}`, Uint8Array.from(all));
        },
        read: async (file) => files.get(`${name}/${file}`),
      },
      cryptography: noCryptography,
      ...(options.privacyOf && { privacy: options.privacyOf(name) }),
      earlier: () => ({ read: async () => undefined }),
      memory: { collaborative: markets[name]! },
    };
    contexts.set(name, context);
    return stage.client(context);
  };
  const openServer = () => stage.server({ clients: names, seed: 1, results: new Map() });
  let server = openServer();
  let clients = new Map(
    await Promise.all(names.map(async (name) => [name, await open(name)] as const)),
  );
  const [up, down]: [Sent[], Sent[]] = [[], []];
  for (let exchange = 0; ; exchange++) {
    if (exchange === restartAt) {
      const states = [...clients].map(
        ([name, client]) => [name, decodeState(encodeState(client.save()))] as const,
      );
      const saved = decodeState(encodeState(server.save()));
      for (const client of clients.values()) await client.close();
      server = openServer();
      server.load(saved);
      clients = new Map(
        await Promise.all(
          states.map(async ([name, state]) => {
            const client = await open(name);
            client.load(state);
            return [name, client] as const;
          }),
        ),
      );
    }
    const requests = server.next();
    if (requests === undefined) break;
    const replies = new Map<string, Message>();
    for (const client of options.order?.(names) ?? names) {
      if (absent(client, exchange) === "unasked") continue;
      const request = encodeMessage(guard(stage, requests.get(client)!));
      down.push({ client, bytes: request, message: decodeMessage(request) });
      const reply = encodeMessage(
        guard(stage, await clients.get(client)!.handle(decodeMessage(request))),
      );
      const message = guard(stage, decodeMessage(reply));
      up.push({ client, bytes: reply, message });
      if (absent(client, exchange) === undefined) replies.set(client, message);
    }
    await server.receive(new Map([...replies].sort(([a], [b]) => (a < b ? -1 : 1))));
  }
  const saved = new Map([...clients].map(([name, client]) => [name, client.save()]));
  const stored = await Promise.all(
    names.map(async (name) => [name, await readCodebooks(contexts.get(name)!.store)] as const),
  );
  for (const client of clients.values()) await client.close();
  return {
    codes: new Map(names.map((name) => [name, contexts.get(name)!.memory.codes ?? []])),
    files: new Map(stored.flatMap(([name, file]) => (file ? [[name, file] as const] : []))),
    up,
    down,
    saved,
    server: server.save(),
  };
}

/** Codes of one level, of entities that have some. */
export function codesOf(outcome: Outcome, client: string, level: number, entity = 0): number[] {
  const { codes, levels } = outcome.codes.get(client)![entity]!;
  return [...codes].filter((code, at) => at % levels.length === level && code >= 0);
}

/** Share of equal entries. */
export function agreement(a: readonly number[], b: readonly number[]): number {
  return a.filter((code, i) => code === b[i]).length / a.length;
}
