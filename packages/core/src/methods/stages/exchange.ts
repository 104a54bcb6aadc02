import type { WireArray } from "../../federation/types.ts";
import {
  FIRST_VALUE_ROW,
  rowsOfFeature,
  vocabularyOf,
  type FeatureSchema,
  type TrainingData,
  type Vocabularies,
} from "../../data/index.ts";
import type { Model } from "../../models/index.ts";
import { parameterLayout, type ParameterLayout } from "../../tensor/index.ts";
import { initialNumbers, tableStream, type Trainer } from "../../training/index.ts";
import type { MethodSettings } from "../types.ts";
import { NO_AUGMENTATION, type Augmentation } from "./augmentation.ts";
import type { Federated, RowJoin, Sharing } from "./train.ts";

/** What travels between server and clients of a training stage, and how it is put in and taken out. */
export interface Exchange {
  /** Array names with what each reveals; names ending in `*` stand for all that begin so. */
  readonly declared: Readonly<Record<string, string>>;
  /** The same of what goes with the clients' answers alone. */
  readonly declaredUses: Readonly<Record<string, string>>;
  /** How arrays are joined that no strategy steps on, by name. */
  readonly joins: ReadonlyMap<string, Join>;
  /** The state all clients start from: a function of the seed and the experiment alone. */
  readonly initial: (seed: number, vocabularies: Vocabularies) => Record<string, WireArray>;
  /** Gives joined rows, which the server has none of at first, the same numbers at every client. */
  readonly start: (trainer: Trainer, seed: number) => void;
  /** Copies the shared part out of a trainer. */
  readonly collect: (trainer: Trainer, data: TrainingData) => Record<string, WireArray>;
  /** Writes the shared part into a trainer, in place. */
  readonly install: (trainer: Trainer, arrays: Readonly<Record<string, WireArray>>) => void;
}

/** Of an array of rows: how it is joined, and which array of a client's answer counts each row's uses. */
export interface Join {
  readonly by: RowJoin;
  readonly uses: string;
}

const NOTHING: Exchange = {
  declared: {},
  declaredUses: {},
  joins: new Map(),
  initial: () => ({}),
  start: () => {},
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

/** Every feature's rows of an embedding that the server joins. Padding and unknown stay at home. */
function joinedTables(model: Model, { rows }: Federated) {
  return model.embeddings.flatMap((embedding) =>
    embedding.features.flatMap((feature) => {
      const by = rows?.(embedding.name, feature);
      const name = `table:${embedding.name}/${feature}`;
      return by === undefined ? [] : [{ name, embedding, feature, by, uses: `uses:${feature}` }];
    }),
  );
}

/** [numRows - FIRST_VALUE_ROW]: how many training rows carry each value of a feature of length 1. */
function usesOf({ train, schema }: TrainingData, feature: string): Int32Array {
  const { numRows } = schema.categorical.find(({ name }) => name === feature)!;
  const uses = new Int32Array(numRows);
  for (const row of rowsOfFeature(train, schema, feature)) uses[row]! += 1;
  return uses.slice(FIRST_VALUE_ROW);
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
const counts = (data: Int32Array): WireArray => ({ shape: [data.length], data });
const firstValue = ({ width }: { readonly width: number }) => FIRST_VALUE_ROW * width;

export function exchangeOf(
  settings: MethodSettings,
  sharing: Sharing,
  augmentation: Augmentation = NO_AUGMENTATION,
): Exchange {
  if (sharing.kind === "alone") return NOTHING;
  const { dense = true } = sharing;
  const shared = dense ? settings.federation.shared : [];
  const features = augmentation.schema(settings.features);
  const withNormalisation = sharing.normalisation === "federated";
  const federated = (role: string) => dense && (withNormalisation || role !== "normalisation");
  const model = augmentation.build(settings.model, features);
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const hasParameters = layout.views.some((view) => federated(view.role));
  const hasState = dense && withNormalisation && stateLayout.size > 0;
  const tables = sharedTables(model, features, shared);
  const joined = joinedTables(model, sharing);
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
      ...Object.fromEntries(
        joined.map(({ name, feature }) => [
          name,
          `embedding rows of ${feature}: rows that moved belong to codes the client's entities have`,
        ]),
      ),
    },
    declaredUses: Object.fromEntries(
      joined
        .filter(({ by }) => by === "usage")
        .map(({ uses, feature }) => [
          uses,
          `training rows with each code of ${feature}: how many, not which`,
        ]),
    ),
    joins: new Map(joined.map(({ name, by, uses }) => [name, { by, uses }])),
    initial: (seed, vocabularies) => {
      const numbers = initialNumbers(layout, stateLayout, seed);
      const arrays: Record<string, WireArray> = {};
      if (hasParameters) arrays["parameters"] = vector(pack(layout, numbers.parameters, federated));
      if (hasState) arrays["state"] = vector(numbers.state);
      for (const { name, embedding, feature } of tables) {
        const agreed = vocabularies[feature];
        const hashed = features.categorical.find(({ name: own }) => own === feature);
        const numRows = agreed === undefined ? hashed!.numRows : FIRST_VALUE_ROW + agreed.length;
        const shape = [numRows, embedding.width];
        const data = new Float32Array(numRows * embedding.width);
        embedding.init(data, shape, tableStream(seed, "server", embedding.name, feature));
        data.fill(0, 0, embedding.width);
        arrays[name] = { shape, data };
      }
      return arrays;
    },
    start: (trainer, seed) => {
      for (const { embedding, feature } of joined) {
        const rows = trainer.tableRows(embedding.name, feature).subarray(firstValue(embedding));
        const shape = [rows.length / embedding.width, embedding.width];
        embedding.init(rows, shape, tableStream(seed, "server", embedding.name, feature));
      }
    },
    collect: (trainer, data) => {
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
      for (const { name, embedding, feature, by, uses } of joined) {
        const rows = trainer.tableRows(embedding.name, feature).slice(firstValue(embedding));
        arrays[name] = { shape: [rows.length / embedding.width, embedding.width], data: rows };
        if (by === "usage") arrays[uses] ??= counts(usesOf(data, feature));
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
      for (const { name, embedding, feature } of joined) {
        const rows = arrays[name];
        if (rows) trainer.tableRows(embedding.name, feature).set(rows.data, firstValue(embedding));
      }
    },
  };
}
