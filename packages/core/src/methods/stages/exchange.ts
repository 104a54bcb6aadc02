import type { EmbeddingSpec } from "../../embedding/index.ts";
import type { FederationConfig } from "../../federation/config.ts";
import type { WireArray } from "../../federation/types.ts";
import {
  FIRST_VALUE_ROW,
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
import { blocksOf, packBlock, unpackBlock, wholeBlock, type Block } from "./blocks.ts";
import { parametersIn } from "./held.ts";
import { prefixed } from "./named.ts";
import type { Federated, RowJoin, Sharing } from "./train.ts";
import { usesOf } from "./uses-of.ts";

/** What travels between server and clients of a training stage, and how it is put in and taken out. */
export interface Exchange {
  /** Array names with what each reveals; names ending in `*` stand for all that begin so. */
  readonly declared: Readonly<Record<string, string>>;
  /** The same of what goes with the clients' answers alone. */
  readonly declaredUses: Readonly<Record<string, string>>;
  /** The dense parameters that travel, array by array. */
  readonly blocks: readonly Block[];
  /** Running statistics that travel, as one array; none where they stay. */
  readonly statistics: readonly Block[];
  /** How arrays are joined that no strategy steps on, by name. */
  readonly joins: ReadonlyMap<string, Join>;
  /** By array of rows, how many numbers in front are of the padding row, which is zero for ever. */
  readonly padding: ReadonlyMap<string, number>;
  /** The state all clients start from: a function of the seed and the experiment alone. */
  readonly initial: (seed: number, vocabularies: Vocabularies) => Record<string, WireArray>;
  /** Gives joined rows, which the server has none of at first, the same numbers at every client. */
  readonly start: (trainer: Trainer, seed: number) => void;
  /** What travels, with the model's own names and shapes for dense parameters and statistics. */
  readonly named: (arrays: Readonly<Record<string, WireArray>>) => Record<string, WireArray>;
  /** Copies the shared part out of a trainer. */
  readonly collect: (trainer: Trainer, data: TrainingData) => Record<string, WireArray>;
  /** Writes the shared part into a trainer, in place; `dense` false: table rows alone. */
  readonly install: (
    trainer: Trainer,
    arrays: Readonly<Record<string, WireArray>>,
    dense?: boolean,
  ) => void;
}

/** Of an array of rows: how it is joined, and which array of a client's answer counts each row's uses. */
export interface Join {
  readonly by: RowJoin;
  readonly uses: string;
}

const NOTHING: Exchange = {
  declared: {},
  declaredUses: {},
  blocks: [],
  statistics: [],
  joins: new Map(),
  padding: new Map(),
  initial: () => ({}),
  start: () => {},
  named: (arrays) => ({ ...arrays }),
  collect: () => ({}),
  install: () => {},
};

/** A feature's rows of an embedding, as they travel. */
interface Table {
  readonly name: string;
  readonly embedding: EmbeddingSpec;
  readonly feature: string;
  /** A feature that reads these rows: the feature itself, or one that reads another's. */
  readonly reader: string;
  /** `step`: the strategy moves them as it moves dense parameters. */
  readonly by: RowJoin | "step";
  /** The array that counts each row's uses. */
  readonly uses: string;
  /** Rows before this one stay at home. */
  readonly firstRow: number;
  /** Whether the server knows the rows, by the agreed vocabulary or by hashing, and starts them. */
  readonly agreed: boolean;
  /** Whose rows move, and what is counted, in words. */
  readonly values: string;
  readonly counted: string;
}

/** Rows of every shared feature that a model embeds, by its own name or through features that read them. */
function sharedTables(
  model: Model,
  schema: FeatureSchema,
  { shared, federatedEmbeddings }: FederationConfig,
  byPart: boolean,
): Table[] {
  if (federatedEmbeddings === "off") return [];
  const byCount = federatedEmbeddings === "count-weighted";
  return model.embeddings.flatMap((embedding) =>
    shared.flatMap((feature) => {
      const reader = embedding.features.find((name) =>
        schema.categorical.some((own) => own.name === name && vocabularyOf(own) === feature),
      );
      if (reader === undefined) return [];
      const table: Table = {
        name: `table:${embedding.name}/${feature}`,
        embedding,
        feature,
        reader,
        // Coordinators know parts of a model; rows that all share are joined alike for everybody.
        by: byCount ? "usage" : byPart ? "mean" : "step",
        uses: `uses:${feature}`,
        firstRow: 0,
        agreed: true,
        values: "values the client has seen",
        counted: "value",
      };
      return [table];
    }),
  );
}

/** Rows of codes that the server joins. Padding and unknown stay at home. */
function joinedTables(model: Model, { rows }: Federated): Table[] {
  return model.embeddings.flatMap((embedding) =>
    embedding.features.flatMap((feature) => {
      const by = rows?.(embedding.name, feature);
      if (by === undefined) return [];
      const table: Table = {
        name: `table:${embedding.name}/${feature}`,
        embedding,
        feature,
        reader: feature,
        by,
        uses: `uses:${feature}`,
        firstRow: FIRST_VALUE_ROW,
        agreed: false,
        values: "codes the client's entities have",
        counted: "code",
      };
      return [table];
    }),
  );
}

const vector = (data: Float32Array): WireArray => ({ shape: [data.length], data });
const counts = (data: Int32Array): WireArray => ({ shape: [data.length], data });

/** Running statistics of normalisation layers, which no strategy steps on. */
export const STATISTICS = "state";

export function exchangeOf(
  settings: MethodSettings,
  sharing: Sharing,
  augmentation: Augmentation = NO_AUGMENTATION,
): Exchange {
  if (sharing.kind === "alone") return NOTHING;
  const { dense = true, parts = () => true } = sharing;
  const features = augmentation.schema(settings.features);
  const withNormalisation = sharing.normalisation === "federated";
  const model = augmentation.build(settings.model, features);
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const byPart = sharing.server.kind === "one-for-each";
  const blocks = (byPart ? blocksOf : wholeBlock)(
    layout,
    (spec) => dense && (withNormalisation || spec.role !== "normalisation") && parts(spec),
  );
  const statistics = wholeBlock(
    stateLayout,
    (spec) => dense && withNormalisation && parts(spec),
  ).map((block) => ({ ...block, name: STATISTICS }));
  const tables = [
    ...(dense ? sharedTables(model, features, settings.federation, byPart) : []),
    ...joinedTables(model, sharing),
  ];
  const joined = tables.filter(({ by }) => by !== "step");
  return {
    blocks,
    statistics,
    declared: {
      ...Object.fromEntries(
        blocks.map((block) => [block.name, revealedBy(block, withNormalisation)]),
      ),
      ...Object.fromEntries(
        statistics.map(({ name }) => [
          name,
          "running means and variances of hidden units over the client's rows",
        ]),
      ),
      ...Object.fromEntries(
        tables.map(({ name, feature, values }) => [
          name,
          `embedding rows of ${feature}: rows that moved belong to ${values}`,
        ]),
      ),
    },
    declaredUses: Object.fromEntries(
      joined
        .filter(({ by }) => by === "usage")
        .map(({ uses, feature, counted }) => [
          uses,
          `training rows with each ${counted} of ${feature}: how many, not which`,
        ]),
    ),
    joins: new Map(
      joined.map(({ name, by, uses }) => [name, { by: by === "usage" ? by : "mean", uses }]),
    ),
    padding: new Map(
      tables.flatMap(({ name, embedding, firstRow }) =>
        firstRow === 0 ? [[name, embedding.width] as const] : [],
      ),
    ),
    initial: (seed, vocabularies) => {
      const numbers = initialNumbers(layout, stateLayout, seed);
      const arrays: Record<string, WireArray> = {};
      for (const block of blocks) arrays[block.name] = vector(packBlock(block, numbers.parameters));
      for (const block of statistics) arrays[block.name] = vector(packBlock(block, numbers.state));
      for (const { name, embedding, feature, agreed } of tables) {
        if (!agreed) continue;
        const vocabulary = vocabularies[feature];
        const hashed = features.categorical.find(({ name: own }) => own === feature);
        const numRows =
          vocabulary === undefined ? hashed!.numRows : FIRST_VALUE_ROW + vocabulary.length;
        const shape = [numRows, embedding.width];
        const data = new Float32Array(numRows * embedding.width);
        embedding.init(data, shape, tableStream(seed, "server", embedding.name, feature));
        data.fill(0, 0, embedding.width);
        arrays[name] = { shape, data };
      }
      return arrays;
    },
    start: (trainer, seed) => {
      for (const { embedding, feature, agreed, firstRow } of tables) {
        if (agreed) continue;
        const rows = trainer
          .tableRows(embedding.name, feature)
          .subarray(firstRow * embedding.width);
        const shape = [rows.length / embedding.width, embedding.width];
        embedding.init(rows, shape, tableStream(seed, "server", embedding.name, feature));
      }
    },
    named: (arrays) => {
      const named: Record<string, WireArray> = { ...arrays };
      const split = (kind: string, block: Block, own: ParameterLayout) => {
        const array = arrays[block.name];
        if (array === undefined) return;
        delete named[block.name];
        const parts = parametersIn(block, own, array.data as Float32Array);
        Object.assign(named, prefixed(`${kind}:`, parts));
      };
      for (const block of blocks) split("parameter", block, layout);
      for (const block of statistics) split("statistic", block, stateLayout);
      return named;
    },
    collect: (trainer, data) => {
      const arrays: Record<string, WireArray> = {};
      for (const block of blocks) arrays[block.name] = vector(packBlock(block, trainer.parameters));
      for (const block of statistics) arrays[block.name] = vector(packBlock(block, trainer.state));
      for (const { name, embedding, feature, reader, by, uses, firstRow } of tables) {
        const rows = trainer.tableRows(embedding.name, reader).slice(firstRow * embedding.width);
        arrays[name] = { shape: [rows.length / embedding.width, embedding.width], data: rows };
        if (by === "usage") arrays[uses] ??= counts(usesOf(data, feature).slice(firstRow));
      }
      return arrays;
    },
    install: (trainer, arrays, numbers = true) => {
      for (const block of numbers ? blocks : []) {
        const array = arrays[block.name];
        if (array) unpackBlock(block, trainer.parameters, array.data as Float32Array);
      }
      for (const block of numbers ? statistics : []) {
        const array = arrays[block.name];
        if (array) unpackBlock(block, trainer.state, array.data as Float32Array);
      }
      for (const { name, embedding, reader, firstRow } of tables) {
        const rows = arrays[name];
        if (rows)
          trainer.tableRows(embedding.name, reader).set(rows.data, firstRow * embedding.width);
      }
    },
  };
}

/** What a block tells whoever reads it. */
function revealedBy({ part }: Block, withNormalisation: boolean): string {
  const without = withNormalisation ? "" : " without those of normalisation layers";
  switch (part?.kind) {
    case undefined:
      return withNormalisation
        ? "dense parameters: what the client's rows taught the network"
        : `dense parameters${without}`;
    case "expert":
      return part.factor === undefined
        ? `weights of expert ${part.expert}${without}`
        : `the ${part.factor} factor of expert ${part.expert}${without}`;
    case "gate":
      return `the gate of task ${part.task}: how its rows choose between experts`;
    case "tower":
      return `layer ${part.layer} of the tower of task ${part.task}${without}`;
  }
}
