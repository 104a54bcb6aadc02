import { z } from "zod";
import type { Entity } from "../../../federation/client-memory.ts";
import type { Message, MessageDeclaration, WireArray } from "../../../federation/types.ts";
import { AtollError } from "../../../errors/index.ts";
import type { FedMmConfig } from "../config.ts";

export const CODEBOOK_STAGE = "codebook";

/** Names of arrays on the wire. */
export const wire = {
  rows: (entity: Entity, level: number) => `rows:${entity}:${level}`,
  counts: (entity: Entity, level: number) => `counts:${entity}:${level}`,
  sums: (entity: Entity, level: number) => `sums:${entity}:${level}`,
  network: (entity: Entity) => `network:${entity}`,
};

/** What the stage does in its exchanges, one after another. */
export type Phase =
  | { readonly kind: "start"; readonly level: number }
  | { readonly kind: "train"; readonly round: number }
  | { readonly kind: "finish" };

/** Exchange r of the stage is phase r. */
export function phasesOf(config: FedMmConfig): Phase[] {
  const { levels, rounds } = config.codebooks;
  return [
    ...levels.map((_, level): Phase => ({ kind: "start", level })),
    ...Array.from({ length: rounds }, (_, round): Phase => ({ kind: "train", round })),
    { kind: "finish" },
  ];
}

/** What of an entity's federated levels goes up after a round. */
export function isSent(config: FedMmConfig, what: "rows" | "counts" | "sums"): boolean {
  const { aggregation } = config.codebooks;
  return {
    rows: aggregation !== "sums",
    counts: aggregation !== "samples",
    sums: aggregation === "sums",
  }[what];
}

const ofEntity = z.strictObject({
  /** Entities with training positives; left out with noise, as all numbers of this record are. */
  numEntities: z.number().int().nonnegative().optional(),
  reconstruction: z.number().nonnegative().optional(),
  commitment: z.number().nonnegative().optional(),
  perplexity: z.array(z.number().nonnegative()).optional(),
});

const reply = z.strictObject({
  entities: z.partialRecord(z.enum(["item", "user"]), ofEntity),
});

export type CodebookReply = z.infer<typeof reply>;

const nothing = z.strictObject({});

const GIVEN_ROWS = "the common rows of this codebook, a mean over markets";
const GIVEN_NETWORK = "the common encoder and decoder, a mean over markets";

/** Every message of the stage, each array with what it reveals. */
export function codebookMessages(config: FedMmConfig): Record<string, MessageDeclaration> {
  const { entities, levels, privacy } = config.codebooks;
  const { share } = config.alignment;
  const shared = entities.flatMap((entity) =>
    levels.flatMap((kind, level) => (kind === "global" ? [{ entity, level }] : [])),
  );
  const noisy = privacy ? ", with Gaussian noise" : "";
  const network = share === "codebook+network";
  const named = (entries: readonly (readonly [string, string])[]) => Object.fromEntries(entries);
  const down = named([
    ...shared.map(({ entity, level }) => [wire.rows(entity, level), GIVEN_ROWS] as const),
    ...(network ? entities.map((entity) => [wire.network(entity), GIVEN_NETWORK] as const) : []),
  ]);
  const started = shared.flatMap(({ entity, level }) => [
    [
      wire.rows(entity, level),
      `centres of groups of this market's encoded ${entity}s, four or more to a group on average; of a group with one ${entity} its vector itself`,
    ] as const,
    [wire.counts(entity, level), `how many ${entity}s each group has`] as const,
  ]);
  const trained = shared.flatMap(({ entity, level }) => [
    ...(isSent(config, "rows")
      ? [
          [
            wire.rows(entity, level),
            `level-${level + 1} rows after training: near the mean encoded vector of this market's ${entity}s by code; of a code with one ${entity} near that vector itself`,
          ] as const,
        ]
      : []),
    ...(isSent(config, "counts")
      ? [[wire.counts(entity, level), `how many ${entity}s have each code${noisy}`] as const]
      : []),
    ...(isSent(config, "sums")
      ? [
          [
            wire.sums(entity, level),
            `sums of the encoded vectors of this market's ${entity}s by code${noisy}; of a code with one ${entity} that vector itself${privacy ? " but for the noise" : ""}`,
          ] as const,
        ]
      : []),
  ]);
  const numbers = privacy
    ? "no number but the arrays: every further one would need noise as well"
    : "number of entities, errors and perplexity";
  return {
    start: {
      arrays: down,
      metadata: nothing,
      purpose: "asks for groups that a codebook starts from",
      answeredBy: ["started"],
    },
    started: {
      arrays: named(privacy ? [] : started),
      metadata: reply,
      purpose: privacy
        ? "nothing: with noise the server draws the codebook's start"
        : `centres and sizes of groups, and ${numbers}`,
    },
    train: {
      arrays: down,
      metadata: nothing,
      purpose: "the common codebook rows to go on from",
      answeredBy: ["trained"],
    },
    trained: {
      arrays: named([
        ...trained,
        ...(network
          ? entities.map(
              (entity) =>
                [
                  wire.network(entity),
                  `encoder and decoder after training on this market's ${entity}s: with them, rows turn back into collaborative vectors`,
                ] as const,
            )
          : []),
      ]),
      metadata: reply,
      purpose: `what the market adds to the common codebooks; ${numbers}`,
    },
    finish: {
      arrays: down,
      metadata: nothing,
      purpose: "the final common codebook rows",
      answeredBy: ["finished"],
    },
    finished: { arrays: {}, metadata: reply, purpose: `says that codes are made; ${numbers}` },
  };
}

/** A reply's array, of the right length and finite. */
export function arrayOf(
  client: string,
  message: Message,
  name: string,
  length: number,
): Float32Array {
  const data = message.arrays[name]?.data;
  if (!(data instanceof Float32Array) || data.length !== length || !data.every(Number.isFinite))
    throw new AtollError(
      "UPDATE_INVALID",
      `client "${client}", round ${message.round}: array "${name}" is ${data === undefined ? "missing" : `of ${data.length} numbers, or not all are finite`}; expected ${length} finite float32; its collaborative vectors or learning rate may have diverged`,
    );
  return data;
}

export function matrix(data: Float32Array, width: number): WireArray {
  return { shape: [data.length / width, width], data };
}

export function vector(data: Float32Array): WireArray {
  return { shape: [data.length], data };
}
