import { z } from "zod";
import {
  encoderSchema,
  featureSchema,
  type Encoder,
  type FeatureSchema,
} from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { ClientStore } from "../../federation/client-context.ts";
import { decodeState } from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import type { ModelConfig, TrainedModel } from "../../models/index.ts";
import type { Factors } from "../../models/collaborative/index.ts";
import { templateConfig } from "../../models/multitask/templated-mmoe.ts";
import type { Added } from "./added.ts";

/** Under which name a client keeps what it trained. */
export const TRAINED_FILE = "model";

/** What serving needs to know beside numbers and encoder. */
export interface Served {
  readonly config: ModelConfig;
  /** As the model sees it: declared features with added ones, and the tasks that it learned. */
  readonly schema: FeatureSchema;
  /** Rows that were scored at once. */
  readonly batchSize: number;
  readonly added: Added;
}

/** A trained model with everything that takes raw rows to probabilities. */
export interface KeptModel extends TrainedModel, Served {
  readonly encoder: Encoder;
  /** Running statistics, all together. */
  readonly state: Float32Array;
}

const score = z.strictObject({
  name: z.string().describe("of the number of a user and an item"),
  centre: z.number().describe("that is taken off"),
  scale: z.number().describe("that multiplies"),
  offset: z.number().int().describe("of table rows to numbers of users and items"),
  width: z.number().int().describe("of the vectors"),
  models: z.number().int().describe("that are averaged"),
});

const served = z.strictObject({
  version: z.literal(1).describe("of this format"),
  // Extensions add kinds of models: their settings were read when the run began.
  config: z.looseObject({ kind: z.string() }).describe("the model's settings"),
  schema: featureSchema.describe("as the model sees it"),
  batchSize: z.number().int().positive().describe("rows that were scored at once"),
  added: z
    .strictObject({
      codes: z
        .array(
          z.strictObject({
            name: z.string().describe("of the added feature"),
            of: z.enum(["user", "item"]).describe("whose table rows it goes by"),
          }),
        )
        .describe("features that are looked up by user or item"),
      score: score.optional().describe("the number that is computed for user and item"),
      unread: z.array(z.string()).describe("features that the model itself does not read"),
      head: z
        .strictObject({
          item: z.array(z.string()).describe("codes of items"),
          user: z.array(z.string()).describe("codes of users"),
        })
        .optional()
        .describe("codes that condition the log-odds"),
      template: templateConfig.optional().describe("factors that experts are made of"),
    })
    .describe("what the method adds to the declared features"),
});

const kept = z.strictObject({
  kind: z.string().describe("of the model"),
  encoder: encoderSchema.describe("how raw values become what the model sees"),
  served: served.describe("what serving needs beside"),
  states: z
    .record(z.string(), z.string())
    .optional()
    .describe("of pooled training: the file of each client's own best state"),
});

/** The arrays and the metadata of a file, to which the trained numbers come. */
export function servedState({ added, ...rest }: Served): {
  readonly arrays: Record<string, WireArray>;
  readonly metadata: z.input<typeof served>;
} {
  const arrays: Record<string, WireArray> = {};
  const put = (name: string, data: Float32Array | Int32Array) =>
    (arrays[name] = { shape: [data.length], data });
  for (const { name, rows } of added.codes) put(`code:${name}`, rows);
  added.score?.models.forEach(({ users, items, bias }, m) => {
    put(`score:${m}:users`, users);
    put(`score:${m}:items`, items);
    if (bias !== undefined) put(`score:${m}:bias`, bias);
  });
  return {
    arrays,
    metadata: {
      version: 1,
      ...rest,
      added: {
        codes: added.codes.map(({ name, of }) => ({ name, of })),
        ...(added.score && {
          score: {
            name: added.score.name,
            centre: added.score.centre,
            scale: added.score.scale,
            offset: added.score.offset,
            width: added.score.models[0]!.width,
            models: added.score.models.length,
          },
        }),
        unread: [...added.unread],
        ...(added.head && {
          head: { item: [...added.head.item], user: [...added.head.user] },
        }),
        ...(added.template && { template: added.template }),
      },
    },
  };
}

/** Reads the trained numbers alone: what `startFrom` needs. Undefined where a method left none. */
export async function readTrained(
  store: Pick<ClientStore, "read">,
): Promise<TrainedModel | undefined> {
  const bytes = await store.read(TRAINED_FILE);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = decodeState(bytes);
  return numbersOf(arrays, metadata["kind"] as string);
}

function numbersOf(arrays: Readonly<Record<string, WireArray>>, kind: string): TrainedModel {
  const named = (prefix: string) =>
    Object.fromEntries(
      Object.entries(arrays)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, array]) => [name.slice(prefix.length), array.data as Float32Array]),
    );
  return { kind, parameters: named("parameter:"), tables: named("table:") };
}

/**
 * Reads a trained model with all that serving needs: of pooled training, the state that was the best for
 * `client`. Undefined where the method keeps no model of rows; MODEL_KEPT where the file is an older one.
 */
export async function readKeptModel(
  store: Pick<ClientStore, "read">,
  client: string,
): Promise<KeptModel | undefined> {
  const bytes = await store.read(TRAINED_FILE);
  if (bytes === undefined) return undefined;
  const first = decodeState(bytes);
  const parsed = kept.safeParse(first.metadata);
  if (!parsed.success)
    throw new AtollError(
      "MODEL_KEPT",
      first.metadata["served"] === undefined
        ? `client "${client}": its model was kept by an earlier version, without what serving needs; run the experiment again`
        : `client "${client}": the file of its model is not as it should be: ${z.prettifyError(parsed.error)}; run the experiment again`,
    );
  const file = parsed.data.states?.[client];
  const own = file === undefined ? undefined : await store.read(file);
  if (file !== undefined && own === undefined)
    throw new AtollError(
      "MODEL_KEPT",
      `client "${client}": its state is to lie in the file "${file}", which is not there; run the experiment again`,
    );
  const arrays = { ...first.arrays, ...(own && decodeState(own).arrays) };
  const { kind, encoder } = parsed.data;
  const { added, config, schema, batchSize } = parsed.data.served;
  const floats = (name: string) => arrays[name]?.data as Float32Array | undefined;
  const factors = (m: number): Factors => {
    const bias = floats(`score:${m}:bias`);
    return {
      width: added.score!.width,
      users: floats(`score:${m}:users`)!,
      items: floats(`score:${m}:items`)!,
      ...(bias && { bias }),
    };
  };
  return {
    ...numbersOf(arrays, kind),
    state: floats("state") ?? new Float32Array(0),
    encoder,
    config: config as ModelConfig,
    schema,
    batchSize,
    added: {
      codes: added.codes.map((code) => ({
        ...code,
        rows: arrays[`code:${code.name}`]!.data as Int32Array,
      })),
      ...(added.score && {
        score: {
          name: added.score.name,
          centre: added.score.centre,
          scale: added.score.scale,
          offset: added.score.offset,
          models: Array.from({ length: added.score.models }, (_, m) => factors(m)),
        },
      }),
      unread: added.unread,
      ...(added.head && { head: added.head }),
      ...(added.template && { template: added.template }),
    },
  };
}
