import { AtollError } from "../../errors/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { statePieces } from "../../federation/index.ts";
import type { Encoder } from "../../data/index.ts";
import type { Model, TrainedModel } from "../../models/index.ts";
import type { WireArray } from "../../federation/types.ts";
import { view } from "../../tensor/index.ts";
import type { Numbers, Selection, Trainer } from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";
import { readTrained, servedState, TRAINED_FILE, type Served } from "./kept-model.ts";

/** The trainer's numbers by name, as views: writing to them writes to the trainer. */
function trainedViews(model: Model, trainer: Trainer): TrainedModel {
  return {
    kind: model.kind,
    parameters: Object.fromEntries(
      trainer.layout.views.map(({ name }) => [
        name,
        view(trainer.layout, trainer.parameters, name),
      ]),
    ),
    tables: Object.fromEntries(
      model.embeddings.flatMap(({ name, features }) =>
        features.map((feature) => [`${name}/${feature}`, trainer.tableRows(name, feature)]),
      ),
    ),
  };
}

/** Starts a fresh trainer from the models that `startFrom` names, as the model defines it. */
export async function startFromEarlier(
  context: ClientContext,
  settings: MethodSettings,
  model: Model,
  trainer: Trainer,
): Promise<void> {
  if (settings.startFrom.length === 0) return;
  if (model.startFrom === undefined)
    throw new AtollError(
      "MODEL_HAS_NO_START",
      `model ${model.kind} knows no start from ${settings.startFrom.join(", ")}; remove startFrom`,
    );
  const sources: TrainedModel[] = [];
  for (const method of settings.startFrom) {
    const source = await readTrained(context.earlier(method));
    if (source === undefined)
      throw new AtollError(
        "MODEL_HAS_NO_START",
        `client "${context.name}": method ${method} left no trained model to start from; name a method that trains one`,
      );
    sources.push(source);
  }
  model.startFrom(sources, trainedViews(model, trainer));
}

/** What a party keeps: how raw rows become what its model sees, and the state that it chose. */
interface Kept {
  readonly model: Model;
  readonly trainer: Trainer;
  readonly selections: ReadonlyMap<string, Selection<Numbers>>;
  /** The clients whose rows the party holds. */
  readonly parts: readonly string[];
  /** The state after the last pass, for parts that have no best one. */
  readonly last: Numbers | undefined;
  readonly encoder: Encoder;
  readonly served: Served;
}

/**
 * Keeps the chosen state of a party with one part. The pooled reference, with many, keeps its last, and
 * beside it the state that was the best for each part; those of one round are one file.
 */
export async function storeTrained(
  context: ClientContext,
  { model, trainer, selections, parts, last, encoder, served }: Kept,
): Promise<void> {
  const arraysOf = () => {
    const { parameters, tables } = trainedViews(model, trainer);
    const arrays: Record<string, WireArray> = {};
    for (const [name, data] of Object.entries(parameters))
      arrays[`parameter:${name}`] = { shape: [data.length], data };
    for (const [name, data] of Object.entries(tables))
      arrays[`table:${name}`] = { shape: [data.length], data };
    if (trainer.state.length > 0)
      arrays["state"] = { shape: [trainer.state.length], data: trainer.state };
    return arrays;
  };
  const bestOf = (part: string) => selections.get(part)?.best;
  const pooled = parts.length > 1;
  const only = pooled ? undefined : bestOf(parts[0]!);
  if (only !== undefined) trainer.restore(only.snapshot);
  const states = Object.fromEntries(
    parts.flatMap((part) => {
      const best = pooled ? bestOf(part) : undefined;
      return best === undefined ? [] : [[part, `${TRAINED_FILE}@${best.round}`]];
    }),
  );
  const { arrays, metadata } = servedState(served);
  await context.store.write(
    TRAINED_FILE,
    statePieces({
      arrays: { ...arraysOf(), ...arrays },
      metadata: {
        kind: model.kind,
        encoder,
        served: metadata,
        ...(Object.keys(states).length > 0 && { states }),
      },
    }),
  );
  const written = new Set<string>();
  for (const [part, file] of Object.entries(states)) {
    if (written.has(file)) continue;
    written.add(file);
    trainer.restore(bestOf(part)!.snapshot);
    await context.store.write(file, statePieces({ arrays: arraysOf(), metadata: {} }));
  }
  if (written.size > 0 && last !== undefined) trainer.restore(last);
}
