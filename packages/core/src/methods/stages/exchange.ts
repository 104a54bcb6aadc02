import type { WireArray } from "../../federation/types.ts";
import {
  FIRST_VALUE_ROW,
  vocabularyOf,
  type FeatureSchema,
  type Vocabularies,
} from "../../data/index.ts";
import { buildModel, type Model } from "../../models/index.ts";
import { parameterLayout, type ParameterLayout } from "../../tensor/index.ts";
import { initialNumbers, tableStream, type Trainer } from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";
import type { Sharing } from "./train.ts";

/** What travels between server and clients of a training stage, and how it is put in and taken out. */
export interface Exchange {
  /** Array names with what each reveals; names ending in `*` stand for all that begin so. */
  readonly declared: Readonly<Record<string, string>>;
  /** The state all clients start from: a function of the seed and the experiment alone. */
  readonly initial: (seed: number, vocabularies: Vocabularies) => Record<string, WireArray>;
  /** Copies the shared part out of a trainer. */
  readonly collect: (trainer: Trainer) => Record<string, WireArray>;
  /** Writes the shared part into a trainer, in place. */
  readonly install: (trainer: Trainer, arrays: Readonly<Record<string, WireArray>>) => void;
}

const NOTHING: Exchange = {
  declared: {},
  initial: () => ({}),
  collect: () => ({}),
  install: () => {},
};

/** `<embedding>/<feature>` for every shared feature whose rows a model embeds, its own or those that read them. */
function sharedTables(model: Model, schema: FeatureSchema, shared: readonly string[]) {
  return model.embeddings.flatMap((embedding) =>
    shared.flatMap((feature) => {
      const reader = embedding.features.find((name) =>
        schema.categorical.some((own) => own.name === name && vocabularyOf(own) === feature),
      );
      const name = `table:${embedding.name}/${feature}`;
      return reader === undefined ? [] : [{ name, embedding, feature, reader }];
    }),
  );
}

/** The entries of a flat vector that travel, as one array. */
function pack(layout: ParameterLayout, flat: Float32Array, federated: (role: string) => boolean) {
  const views = layout.views.filter((view) => federated(view.role));
  const data = new Float32Array(views.reduce((sum, view) => sum + view.length, 0));
  let at = 0;
  for (const view of views) {
    data.set(flat.subarray(view.offset, view.offset + view.length), at);
    at += view.length;
  }
  return data;
}

function unpack(
  layout: ParameterLayout,
  flat: Float32Array,
  data: Float32Array,
  federated: (role: string) => boolean,
) {
  let at = 0;
  for (const view of layout.views) {
    if (!federated(view.role)) continue;
    flat.set(data.subarray(at, at + view.length), view.offset);
    at += view.length;
  }
}

const vector = (data: Float32Array): WireArray => ({ shape: [data.length], data });

export function exchangeOf(settings: MethodSettings, sharing: Sharing): Exchange {
  if (sharing.kind === "alone") return NOTHING;
  const { shared } = settings.federation;
  const withNormalisation = sharing.normalisation === "federated";
  const federated = (role: string) => withNormalisation || role !== "normalisation";
  const model = buildModel(settings.model, settings.features);
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const hasParameters = layout.views.some((view) => federated(view.role));
  const hasState = withNormalisation && stateLayout.size > 0;
  const tables = sharedTables(model, settings.features, shared);
  return {
    declared: {
      ...(hasParameters && {
        parameters: withNormalisation
          ? "dense parameters: what the client's rows taught the network"
          : "dense parameters without those of normalisation layers",
      }),
      ...(hasState && {
        state: "running means and variances of hidden units over the client's rows",
      }),
      ...Object.fromEntries(
        tables.map(({ name, feature }) => [
          name,
          `embedding rows of ${feature}: rows that moved belong to values the client has seen`,
        ]),
      ),
    },
    initial: (seed, vocabularies) => {
      const numbers = initialNumbers(layout, stateLayout, seed);
      const arrays: Record<string, WireArray> = {};
      if (hasParameters) arrays["parameters"] = vector(pack(layout, numbers.parameters, federated));
      if (hasState) arrays["state"] = vector(numbers.state);
      for (const { name, embedding, feature } of tables) {
        const agreed = vocabularies[feature];
        const hashed = settings.features.categorical.find(({ name: own }) => own === feature);
        const numRows = agreed === undefined ? hashed!.numRows : FIRST_VALUE_ROW + agreed.length;
        const shape = [numRows, embedding.width];
        const data = new Float32Array(numRows * embedding.width);
        embedding.init(data, shape, tableStream(seed, "server", embedding.name, feature));
        data.fill(0, 0, embedding.width);
        arrays[name] = { shape, data };
      }
      return arrays;
    },
    collect: (trainer) => {
      const arrays: Record<string, WireArray> = {};
      if (hasParameters) arrays["parameters"] = vector(pack(layout, trainer.parameters, federated));
      if (hasState) arrays["state"] = vector(trainer.state.slice());
      for (const { name, embedding, reader } of tables) {
        const rows = trainer.tableRows(embedding.name, reader);
        arrays[name] = {
          shape: [rows.length / embedding.width, embedding.width],
          data: rows.slice(),
        };
      }
      return arrays;
    },
    install: (trainer, arrays) => {
      const parameters = arrays["parameters"];
      if (parameters)
        unpack(layout, trainer.parameters, parameters.data as Float32Array, federated);
      const state = arrays["state"];
      if (state) trainer.state.set(state.data);
      for (const { name, embedding, reader } of tables) {
        const rows = arrays[name];
        if (rows) trainer.tableRows(embedding.name, reader).set(rows.data);
      }
    },
  };
}
