import { AtollError } from "../../errors/index.ts";
import type { ClientContext, ClientStore } from "../../federation/client-context.ts";
import { decodeState, statePieces } from "../../federation/index.ts";
import type { Encoder } from "../../data/index.ts";
import type { Model, TrainedModel } from "../../models/index.ts";
import type { WireArray } from "../../federation/types.ts";
import { view } from "../../tensor/index.ts";
import type { Numbers, Selection, Trainer } from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";

/** Under which name a client keeps what it trained. */
export const TRAINED_FILE = "model";

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

/** Keeps the chosen state of a party with one part; the pooled reference, with many, keeps its last. */
export async function storeTrained(
  context: ClientContext,
  model: Model,
  trainer: Trainer,
  selections: ReadonlyMap<string, Selection<Numbers>>,
  encoder: Encoder,
): Promise<void> {
  const best = selections.size === 1 ? [...selections.values()][0]!.best : undefined;
  if (best !== undefined) trainer.restore(best.snapshot);
  const { parameters, tables } = trainedViews(model, trainer);
  const arrays: Record<string, WireArray> = {};
  for (const [name, data] of Object.entries(parameters))
    arrays[`parameter:${name}`] = { shape: [data.length], data };
  for (const [name, data] of Object.entries(tables))
    arrays[`table:${name}`] = { shape: [data.length], data };
  if (trainer.state.length > 0)
    arrays["state"] = { shape: [trainer.state.length], data: trainer.state };
  const metadata = { kind: model.kind, encoder };
  await context.store.write(TRAINED_FILE, statePieces({ arrays, metadata }));
}

/** Reads what `storeTrained` wrote, from another method's folder of the same client. */
async function readTrained(store: Pick<ClientStore, "read">): Promise<TrainedModel | undefined> {
  const bytes = await store.read(TRAINED_FILE);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = decodeState(bytes);
  const named = (prefix: string) =>
    Object.fromEntries(
      Object.entries(arrays)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, array]) => [name.slice(prefix.length), array.data as Float32Array]),
    );
  return {
    kind: metadata["kind"] as string,
    parameters: named("parameter:"),
    tables: named("table:"),
  };
}
