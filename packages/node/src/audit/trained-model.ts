import {
  encode,
  selectTask,
  tasksOf,
  type Encoder,
  type EvaluationExamples,
  type Examples,
  type SplitClient,
} from "@atoll/core/data";
import { decodeState } from "@atoll/core/federation";
import type { MethodSettings } from "@atoll/core/methods";
import { buildModel } from "@atoll/core/models";
import { exampleLosses } from "@atoll/core/privacy";
import { view, type Executor } from "@atoll/core/tensor";
import { createTrainer, type Trainer } from "@atoll/core/training";
import { withParts } from "./rows.ts";

/** A trained model as a party stored it (`TRAINED_FILE`). */
export interface Stored {
  readonly bytes: Uint8Array;
  readonly party: string;
  readonly settings: MethodSettings;
  readonly executor: Executor;
}

export type Losses =
  /** By client, of the rows that were asked for, in their order. */
  | { readonly kind: "losses"; readonly of: ReadonlyMap<string, Float64Array> }
  /** The model is not the one that the settings describe. */
  | { readonly kind: "foreign"; readonly why: string };

/**
 * The loss of rows under a stored model, encoded as it was trained. Training rows have to be those that it was
 * trained on, as scales are taken from them; `rowsOf` gives training and test rows of a client.
 */
export async function lossesUnder(
  { bytes, party, settings, executor }: Stored,
  given: readonly SplitClient[],
  rowsOf: (client: string) => Int32Array,
): Promise<Losses> {
  // Held-out positives stand by themselves, without the items that they are ranked against.
  const splits = given.map((split) => withParts(split, split));
  const { arrays, metadata } = decodeState(bytes);
  const { vocabularies } = metadata["encoder"] as Encoder;
  const { data: all } = encode(splits, {
    minCount: settings.minCount,
    common: settings.common,
    vocabularies,
  });
  const built = buildModel(settings.model, all.schema);
  const data = built.multiTask === true ? all : selectTask(all, settings.training.task);
  const model = data === all ? built : buildModel(settings.model, data.schema);
  const config = settings.training;
  const trainer = await createTrainer({ model, data, config, executor, seed: 0, party });
  try {
    const why = restore(trainer, arrays as Readonly<Record<string, { data: Float32Array }>>, {
      kind: metadata["kind"] as string,
      own: model.kind,
      tables: model.embeddings.flatMap(({ name, features }) =>
        features.map((feature) => [name, feature] as const),
      ),
    });
    if (why !== undefined) return { kind: "foreign", why };
    const numTasks = tasksOf(data.schema).length;
    const lossesOf = async (examples: EvaluationExamples) =>
      exampleLosses(await trainer.score(examples), examples.label, numTasks);
    const of = new Map<string, Float64Array>();
    let offset = 0;
    for (const [p, split] of splits.entries()) {
      const wanted = rowsOf(split.client);
      const inTrain = positionsOf(split.train, wanted, offset);
      const inTest = positionsOf(split.test, wanted, 0);
      offset += split.train.length;
      const trained = await lossesOf(pick(data.train, inTrain.positions));
      const heldOut = await lossesOf(pick(data.parts[p]!.test.examples(), inTest.positions));
      const losses = new Float64Array(wanted.length).fill(Number.NaN);
      inTrain.indices.forEach((index, i) => (losses[index] = trained[i]!));
      inTest.indices.forEach((index, i) => (losses[index] = heldOut[i]!));
      of.set(split.client, losses);
    }
    return { kind: "losses", of };
  } finally {
    await trainer.close();
  }
}

/** Writes stored numbers into a fresh trainer; says why not, where they are those of another model. */
function restore(
  trainer: Trainer,
  arrays: Readonly<Record<string, { readonly data: Float32Array }>>,
  {
    kind,
    own,
    tables,
  }: {
    readonly kind: string;
    readonly own: string;
    readonly tables: readonly (readonly [embedding: string, feature: string])[];
  },
): string | undefined {
  const targets = new Map<string, Float32Array>();
  for (const { name } of trainer.layout.views)
    targets.set(`parameter:${name}`, view(trainer.layout, trainer.parameters, name));
  for (const [embedding, feature] of tables)
    targets.set(`table:${embedding}/${feature}`, trainer.tableRows(embedding, feature));
  if (trainer.state.length > 0) targets.set("state", trainer.state);
  const fits =
    kind === own &&
    Object.keys(arrays).length === targets.size &&
    [...targets].every(([name, target]) => arrays[name]?.data.length === target.length);
  if (!fits)
    return "it adds features or parts of its own to the model, which only its own stages can make again";
  for (const [name, target] of targets) target.set(arrays[name]!.data);
  return undefined;
}

/** Where the wanted rows stand among those of a part, and which of the wanted ones they are. */
function positionsOf(part: Int32Array, wanted: Int32Array, offset: number) {
  const positionOf = new Map(Array.from(part, (row, position) => [row, position]));
  const positions: number[] = [];
  const indices: number[] = [];
  wanted.forEach((row, index) => {
    const position = positionOf.get(row);
    if (position === undefined) return;
    positions.push(offset + position);
    indices.push(index);
  });
  return { positions: Int32Array.from(positions), indices };
}

/** Some of the examples, in the given order. */
function pick(examples: Examples, positions: Int32Array): EvaluationExamples {
  const { rows, at, itemAt, label, tasks, user } = examples;
  const numTasks = examples.numRows === 0 ? 1 : label.length / examples.numRows;
  const labels = new Float32Array(positions.length * numTasks);
  positions.forEach((position, i) => {
    for (let t = 0; t < numTasks; t++) labels[i * numTasks + t] = label[position * numTasks + t]!;
  });
  const taken = (values: Int32Array) => positions.map((position) => values[position]!);
  return {
    numRows: positions.length,
    rows,
    at: taken(at),
    ...(itemAt && { itemAt: taken(itemAt) }),
    ...(tasks && { tasks }),
    label: labels,
    user: taken(user),
  };
}
