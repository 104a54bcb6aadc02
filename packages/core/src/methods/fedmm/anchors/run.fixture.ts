import { splitClient, type RawColumn, type SplitClient } from "../../../data/index.ts";
import {
  checkAnswer,
  createClient,
  decodeMessage,
  federationConfig,
  runStages,
  throughConnections,
  type Anchors,
  type ClientContext,
  type Cryptography,
  type Message,
} from "../../../federation/index.ts";
import { modelConfig } from "../../../models/index.ts";
import { jaxExecutor } from "../../../tensor/index.ts";
import { trainingConfig } from "../../../training/index.ts";
import type { MethodSettings } from "../../types.ts";
import { anchorsStage } from "./anchors.ts";
import { toyCryptography } from "./toy-group.fixture.ts";

/** What a market's rows hold, by item id. */
export interface Catalogue {
  readonly positives: readonly string[];
  readonly negatives?: readonly string[];
  /** In validation and test rows. */
  readonly heldOut?: readonly string[];
}

export const anchorSettings: MethodSettings = {
  model: modelConfig.parse({ kind: "lr" }),
  training: trainingConfig.parse({}),
  federation: federationConfig.parse({ rounds: 1 }),
  selectBy: "auc",
  metrics: ["auc"],
  ties: "pessimistic",
  minPositives: 1,
  privacy: { kind: "none" },
  augmentation: { kind: "none" },
  validationLists: 1000,
  minCount: 1,
  common: ["item"],
  features: { categorical: [], numeric: [] },
  startFrom: [],
};

function text(values: readonly string[]): RawColumn {
  const distinct = [...new Set(values)];
  return {
    kind: "text",
    codes: Int32Array.from(values, (v) => distinct.indexOf(v)),
    values: distinct,
  };
}

/** A market's rows; `negative` and `none` stand for items that nobody else has. */
export function marketSplit(
  client: string,
  { positives, negatives = [], heldOut = [] }: Catalogue,
): SplitClient {
  const none = [`${client}-none`];
  const rows = [
    ...positives.map((item) => ({ item, label: 1, part: "train" })),
    ...[...none, ...negatives].map((item) => ({ item, label: 0, part: "train" })),
    ...["valid", "test"].flatMap((part) =>
      [...none, ...heldOut].flatMap((item) => [0, 1].map((label) => ({ item, label, part }))),
    ),
  ];
  return splitClient(
    {
      numRows: rows.length,
      columns: {
        user: text(rows.map((_, i) => `${client}-user-${i % 7}`)),
        item: text(rows.map(({ item }) => item)),
        label: { kind: "number", values: Float64Array.from(rows, ({ label }) => label) },
        part: text(rows.map(({ part }) => part)),
      },
    },
    {
      client,
      columns: {
        user: "user",
        item: "item",
        label: "label",
        categorical: [],
        numeric: [],
      },
      feedback: "explicit",
      split: { kind: "given", column: "part" },
    },
    1,
  );
}

export function contextOf(split: SplitClient, cryptography: Cryptography): ClientContext {
  return {
    name: split.client,
    seed: 1,
    splits: [split],
    executor: jaxExecutor(),
    store: { write: async () => {}, read: async () => undefined },
    earlier: () => ({ read: async () => undefined }),
    cryptography,
    memory: {},
  };
}

export interface Letter {
  readonly client: string;
  readonly direction: "up" | "down";
  readonly bytes: Uint8Array;
  readonly message: Message;
}

export interface Found {
  /** By market. */
  readonly anchors: Readonly<Record<string, Anchors>>;
  /** By market: raw values of the anchors, in the order of `items`. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly letters: readonly Letter[];
}

export interface RunSettings {
  readonly cryptography?: (market: string) => Cryptography;
  /** Stops after so many rounds, and goes on from what was saved. */
  readonly stopAfter?: number;
}

/** Every market has a secret of its own. */
export function ownSecret(market: string): Cryptography {
  return toyCryptography(Buffer.from(market).reduce((sum, byte) => sum * 256 + byte, 0));
}

/** Runs the stage in encoded messages, in the order in which the catalogues are given. */
export async function findAnchors(
  catalogues: Readonly<Record<string, Catalogue>>,
  { cryptography = ownSecret, stopAfter }: RunSettings = {},
): Promise<Found> {
  const splits = Object.entries(catalogues).map(([name, own]) => marketSplit(name, own));
  const letters: Letter[] = [];
  const stages = () => [anchorsStage(anchorSettings)];
  const open = () =>
    splits.map((split) => {
      const context = contextOf(split, cryptography(split.client));
      return { context, client: createClient(stages(), context) };
    });
  const run = (parties: ReturnType<typeof open>, signal: AbortSignal, resumeFrom?: Uint8Array) => {
    let state: Uint8Array | undefined;
    let files: Uint8Array[] = [];
    const stop = new AbortController();
    return runStages({
      stages: stages(),
      seed: 1,
      signal: AbortSignal.any([signal, stop.signal]),
      ...(resumeFrom && { resumeFrom }),
      ...throughConnections(
        parties.map(({ context, client }) => ({
          name: context.name,
          close: client.close,
          request: async (bytes) => {
            const up = await client.handle(bytes);
            const of = { client: context.name };
            letters.push({ ...of, direction: "down", bytes, message: decodeMessage(bytes) });
            letters.push({ ...of, direction: "up", bytes: up, message: decodeMessage(up) });
            checkAnswer(context.name, decodeMessage(bytes), decodeMessage(up));
            return up;
          },
        })),
      ),
      onEvent: () => {},
      checkpoint: async (server, numRounds) => {
        if (resumeFrom !== undefined || numRounds !== stopAfter) return;
        state = server.slice();
        files = await Promise.all(
          parties.map(async ({ client }) => Buffer.concat(await client.save())),
        );
        stop.abort();
      },
    }).then(() => ({ state, files }));
  };
  const never = new AbortController().signal;
  let parties = open();
  const { state, files } = await run(parties, never);
  if (state !== undefined) {
    parties = open();
    for (const [i, { client }] of parties.entries()) await client.load(files[i]!);
    await run(parties, never, state);
  }
  const anchors: Record<string, Anchors> = {};
  const values: Record<string, readonly string[]> = {};
  parties.forEach(({ context }, i) => {
    const found = context.memory.anchors!;
    anchors[context.name] = found;
    values[context.name] = [...found.items].map((item) => itemValues(splits[i]!)[item - 1]!);
  });
  return { anchors, values, letters };
}

/** Raw values in the order of their numbers: by training rows, then by value. */
function itemValues(split: SplitClient): string[] {
  const { column } = split.categorical.find(({ name }) => name === "item")!;
  if (column.kind !== "text") throw new Error("items are text");
  const counts = new Map<string, number>();
  for (const row of split.train) {
    const value = column.values[column.codes[row]!]!;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([v]) => v);
}
