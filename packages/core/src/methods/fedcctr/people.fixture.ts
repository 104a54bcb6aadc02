import type { SplitClient } from "../../data/index.ts";
import type { ClientContext, ClientStore } from "../../federation/client-context.ts";
import { inProcess } from "../../federation/in-process.fixture.ts";
import type { Message } from "../../federation/index.ts";
import { noCryptography } from "../../federation/no-cryptography.fixture.ts";
import { domainOfRows, type Row } from "../../population/tables.fixture.ts";
import type { Ledger } from "../../privacy/index.ts";
import { streamOf, uniformBelow } from "../../random/index.ts";
import { jaxExecutor, type Executor } from "../../tensor/index.ts";
import { trainingConfig } from "../../training/index.ts";
import { testServices } from "../stages/privacy/services.fixture.ts";
import { settingsOf } from "../two-markets.fixture.ts";
import type { MethodDefinition, MethodSettings } from "../types.ts";

/** Items of each domain. */
export const ITEMS = 8;

export interface PeopleOptions {
  readonly numEvents?: number;
  /** Gives held-out rows other items. */
  readonly scrambled?: boolean;
  /** Validation and test events change places. */
  readonly swapped?: boolean;
  /** What every text begins with. */
  readonly wording?: string;
}

/**
 * Users who go through each domain's items in order, from a start of their own, now here, now there: the next
 * item follows from the last one of its domain, and nothing is popular. Of each user the last event is test
 * and the one before validation. One user is in the first domain alone, one has a single training event.
 */
export function peopleInOrder(
  numUsers: number,
  { numEvents = 7, scrambled = false, swapped = false, wording = "word" }: PeopleOptions = {},
): readonly SplitClient[] {
  const rows: [Row[], Row[]] = [[], []];
  for (let user = 0; user < numUsers; user++) {
    const random = streamOf(user, "people");
    const next = [uniformBelow(random, ITEMS), uniformBelow(random, ITEMS)];
    const events = user === 1 ? 3 : numEvents;
    for (let i = 0; i < events; i++) {
      const domain = user === 0 ? 0 : uniformBelow(random, 2);
      const last = swapped ? (["valid", "test"] as const) : (["test", "valid"] as const);
      const part = last[events - 1 - i] ?? "train";
      const moved = scrambled && part !== "train" ? 3 : 0;
      const item = `${domain}-${(next[domain]!++ + moved) % ITEMS}`;
      rows[domain]!.push([`u${user}`, item, 10 * user + i, part, `${wording}${item} of ${domain}`]);
    }
  }
  return withAllItems(rows, wording);
}

/** Everybody's catalogue is whole, whoever chose what: one more user has had all items. */
export function withAllItems(
  rows: readonly (readonly Row[])[],
  wording = "word",
): readonly SplitClient[] {
  return rows.map((own, domain) => {
    const all = Array.from({ length: ITEMS }, (_, i): Row => [
      "all",
      `${domain}-${i}`,
      i,
      "train",
      `${wording}${domain}-${i} of ${domain}`,
    ]);
    return domainOfRows(["food", "kitchen"][domain]!, [...all, ...own], ITEMS);
  });
}

/** The smallest model that learns. */
export const small = {
  encoders: "triple",
  width: 8,
  blocks: 1,
  heads: 1,
  dropout: 0.1,
  length: 5,
  domainLength: 4,
  loss: { negatives: 4 },
  chunk: 4,
} as const;

export function settingsFor(
  own: Partial<MethodSettings> & {
    readonly rounds?: number;
    readonly select?: "best" | "last";
  } = {},
): MethodSettings {
  const { rounds = 3, select = "last", ...rest } = own;
  const usual = settingsOf();
  return settingsOf({
    training: trainingConfig.parse({ optimiser: { kind: "adam", learningRate: 0.01 }, select }),
    federation: { ...usual.federation, rounds },
    selectBy: "ndcg@3",
    metrics: ["ndcg@3"],
    ...rest,
  });
}

/** Parties with nothing in their memory. */
export function contextsOf({
  splits,
  executor,
  parties = ["m-1"],
  stores = parties.map(memoryStore),
  ledger,
}: {
  readonly splits: readonly SplitClient[];
  readonly executor: Executor;
  readonly parties?: readonly string[];
  readonly stores?: readonly ClientStore[];
  readonly ledger?: Ledger | undefined;
}): readonly ClientContext[] {
  return parties.map((name, i) => ({
    name,
    seed: 1,
    splits,
    executor,
    store: stores[i]!,
    earlier: () => ({ read: async () => undefined }),
    cryptography: noCryptography,
    privacy: testServices(name, { ...(ledger && { ledger }) }),
    memory: {},
  }));
}

/** Numbers as they come back from a run. */
export interface RunOutcome {
  readonly messages: readonly Message[];
  /** Test scores by domain, of the party that evaluates. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
  readonly contexts: readonly ClientContext[];
}

/** Runs a method on splits, in-process; `stops`: after so many rounds it is stopped and resumed elsewhere. */
export async function runPopulation<Config extends { readonly kind: string }>(
  definition: MethodDefinition<Config>,
  input: Readonly<Record<string, unknown>>,
  {
    splits,
    settings = settingsFor(),
    parties = ["m-1"],
    executor = jaxExecutor(),
    stops,
    ledger,
  }: {
    readonly splits: readonly SplitClient[];
    readonly settings?: MethodSettings;
    readonly parties?: readonly string[];
    readonly executor?: Executor;
    readonly stops?: number;
    readonly ledger?: Ledger;
  },
): Promise<RunOutcome> {
  const config = definition.config.parse(input) as Config;
  const stages = () => definition.stages(config, settings);
  const stores = parties.map(memoryStore);
  const open = () => contextsOf({ splits, executor, parties, stores, ledger });
  let contexts = open();
  const { run, reopen, close, traffic } = inProcess({
    stages,
    contexts,
    privacy: testServices("server", { ...(ledger && { ledger }) }),
  });
  if (stops !== undefined) {
    const stopping = new AbortController();
    await run(stopping.signal, (numRounds) => {
      if (numRounds >= stops) stopping.abort();
    });
    contexts = open();
    await reopen(contexts);
  }
  await run(new AbortController().signal);
  const scores: Record<string, readonly number[]> = {};
  for (const { memory } of contexts)
    for (const part of memory.data!.parts)
      scores[part.client] = [...(await memory.scorer!.score(part.test.examples(), part.client))];
  await close();
  return { messages: traffic.map(({ message }) => message), scores, contexts };
}

function memoryStore(): ClientStore {
  const files = new Map<string, Uint8Array>();
  return {
    write: async (file, pieces) => void files.set(file, Buffer.concat(pieces)),
    read: async (file) => files.get(file),
  };
}

/** The messages of a kind, in order. */
export function ofKind({ messages }: RunOutcome, kind: string): readonly Message[] {
  return messages.filter((message) => message.kind === kind);
}
