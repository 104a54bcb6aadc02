import { z } from "zod";

const number = z.number();

/** One input of an exported model. */
const input = z.strictObject({
  name: z.string().describe("of the graph's input"),
  column: z.string().describe("of the data, or the feature where the column cannot be given"),
  type: z.enum(["string", "float64", "int64"]).describe("of its elements"),
  shape: z
    .array(z.union([z.enum(["batch", "events", "candidates"]), number]))
    .describe("of its tensor; what has a name may have any size"),
  meaning: z.string().describe("how a row's value is written"),
});

const interval = z.strictObject({
  mean: number.describe("over seeds"),
  low: number.describe("lower end of the 95% interval"),
  high: number.describe("its upper end"),
});

/** `card.json`: what a client's exported model is, and what it may be trusted with. */
export const cardSchema = z.strictObject({
  schema: z.literal("atoll/card/v1"),
  client: z.string(),
  experiment: z.strictObject({ name: z.string(), description: z.string().optional() }),
  method: z.strictObject({
    name: z.string(),
    kind: z.string(),
    summary: z.string(),
    role: z.enum(["baseline", "reference", "federated"]),
    chosen: z.string().optional().describe("why this one, where none was asked for"),
  }),
  model: z.record(z.string(), z.unknown()).describe("the model's settings"),
  seed: number.describe("of the training"),
  tasks: z.array(z.string()),
  inputs: z.array(input),
  outputs: z.array(
    z.strictObject({
      name: z.string(),
      type: z.literal("float64"),
      shape: z.array(z.enum(["batch", "candidates"])),
      meaning: z.string(),
    }),
  ),
  example: z
    .strictObject({
      inputs: z.record(z.string(), z.unknown()),
      outputs: z.record(z.string(), z.union([number, z.array(number)])),
    })
    .describe("a made-up row, and the model's answer"),
  data: z.strictObject({
    train: number,
    valid: number,
    test: number,
    users: number,
    items: number,
    vocabularies: z.record(z.string(), number).describe("values that the model knows, by feature"),
  }),
  protocol: z.array(z.strictObject({ topic: z.string(), text: z.string() })),
  metrics: z
    .record(z.string(), interval)
    .describe("of this client's test rows: over all seeds of the run"),
  macro: z.record(z.string(), interval).describe("mean over the run's clients"),
  privacy: z
    .strictObject({
      kind: z.string(),
      unit: z.string(),
      adjacency: z.string(),
      epsilon: z.union([number, z.literal("infinity")]),
      delta: number,
      accountant: z.string(),
      words: z.string(),
    })
    .nullable()
    .describe("what the training promised; null: nothing"),
  contains: z.array(z.string()).describe("what whoever holds the file can read out of it"),
  limits: z.array(z.string()),
  verified: z.strictObject({
    rows: number.describe("made-up rows, with missing and unknown values among them"),
    difference: number.describe("largest between a probability and that of atoll predict"),
    allowed: number,
    runtime: z.string().describe("the ONNX Runtime that ran the model"),
  }),
  versions: z.record(z.string(), z.string()),
});

export type Card = z.infer<typeof cardSchema>;
