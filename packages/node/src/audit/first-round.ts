import { join } from "node:path";
import type { SplitClient } from "@atoll/core/data";
import {
  createClient,
  decodeMessage,
  runStages,
  throughConnections,
  type ClientMemory,
  type ClientStore,
  type Message,
} from "@atoll/core/federation";
import type { Executor } from "@atoll/core/tensor";
import { nodeCryptography } from "../cryptography/index.ts";
import { privacyServices } from "../ledger/index.ts";
import { SERVER } from "../runs/cell.ts";
import { directoryStore } from "../runs/directory-store.ts";
import { stagesOf, type PlannedMethod } from "../runs/plan.ts";
import { placeOf } from "./own-accounts.ts";

export interface UpdateOptions {
  readonly splits: readonly SplitClient[];
  /** Of the run. */
  readonly seed: number;
  readonly auditSeed: number;
  readonly executor: Executor;
  /** For accounts and secrets, which are dropped with it. */
  readonly directory: string;
  /** Where a party's files of an earlier method of the run lie. */
  readonly earlier: (method: string, party: string) => string;
}

export interface ClientRound {
  readonly split: SplitClient;
  readonly request: Message;
  readonly reply: Message;
  readonly memory: ClientMemory;
}

/** The first round of training: what each client that took part was sent and answered, before anything else. */
export async function firstRound(
  { entry, settings, reads }: PlannedMethod,
  { splits, seed, auditSeed, executor, directory, earlier }: UpdateOptions,
): Promise<ClientRound[]> {
  const stages = stagesOf(entry, settings);
  const own = join(directory, settings.privacy.kind);
  const services = (party: string) =>
    privacyServices(
      placeOf(party, {
        directory: join(own, encodeURIComponent(party)),
        ledgerPath: join(own, "ledger.sqlite"),
        auditSeed,
      }),
      nodeCryptography,
    );
  const rounds = new Map<string, ClientRound>();
  const parties = splits.map((split) => {
    const memory: ClientMemory = {};
    const client = createClient(stages, {
      name: split.client,
      seed,
      splits: [split],
      executor,
      store: memoryStore(),
      cryptography: nodeCryptography,
      privacy: services(split.client),
      earlier: (method) => {
        if (!reads.includes(method)) throw new RangeError(`${method} is not read`);
        return directoryStore(earlier(method, split.client));
      },
      memory,
    });
    return {
      name: split.client,
      close: client.close,
      request: async (bytes: Uint8Array) => {
        const request = decodeMessage(bytes);
        const answer = await client.handle(bytes);
        if (request.stage === "train" && request.kind === "train")
          rounds.set(split.client, { split, request, reply: decodeMessage(answer), memory });
        return answer;
      },
    };
  });
  const abort = new AbortController();
  try {
    await runStages({
      stages,
      ...throughConnections(parties),
      seed,
      privacy: services(SERVER),
      signal: abort.signal,
      onEvent: (event) => {
        if (event.kind === "round-end" && event.stage === "train") abort.abort();
      },
      checkpoint: async () => {},
    });
  } finally {
    for (const party of parties) await party.close();
  }
  // In the order of the clients, whoever answered first.
  return splits.flatMap(({ client }) => rounds.get(client) ?? []);
}

/** Files that are forgotten. */
export function memoryStore(): ClientStore {
  const files = new Map<string, Uint8Array>();
  return {
    write: async (name, pieces) => void files.set(name, Buffer.concat(pieces)),
    read: async (name) => files.get(name),
  };
}
