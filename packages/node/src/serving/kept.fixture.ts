import {
  addedSchema,
  columnsConfig,
  encode,
  selectTask,
  splitClient,
  type ColumnsConfig,
  type FeatureSchema,
  type RawColumn,
  type RawTable,
} from "@atoll/core/data";
import { buildKept, type Added, type KeptModel } from "@atoll/core/methods";
import type { AddedModelConfig, ModelConfig } from "@atoll/core/models";
import { normal, streamOf, uniformBelow } from "@atoll/core/random";
import { view } from "@atoll/core/tensor";
import { createLearned } from "@atoll/core/training";

const NUM_ROWS = 300;

/** Table rows of an added code. */
export const CODE_ROWS = 6;

/** A column for every kind of feature, with missing values, and values with quotes and blanks. */
export function oddTable(): RawTable {
  const random = streamOf(7, "odd rows");
  const below = (size: number) => uniformBelow(random, size);
  const text = (draw: () => string | undefined, gaps = true): RawColumn => {
    const values: string[] = [];
    const codes = Int32Array.from({ length: NUM_ROWS }, () => {
      const value = draw();
      if (value === undefined || (gaps && below(12) === 0)) return -1;
      const at = values.indexOf(value);
      return at >= 0 ? at : values.push(value) - 1;
    });
    return { kind: "text", codes, values };
  };
  const number = (draw: () => number): RawColumn => ({
    kind: "number",
    values: Float64Array.from({ length: NUM_ROWS }, () => (below(12) === 0 ? NaN : draw())),
  });
  const list = (size: number, draw: () => string) =>
    Array.from({ length: below(size) }, draw).join("|");
  return {
    numRows: NUM_ROWS,
    columns: {
      user: text(() => `u${below(20)}`, false),
      item: text(() => `item${below(15)}`, false),
      site: text(() => `site, "${below(9)}"`),
      agent: text(() => `agent ${below(40)}`),
      device: text(() => ["phone", "desk top", 'a "tablet"'][below(3)]),
      age: number(() => 18 + below(60)),
      raw: number(() => normal(random)),
      money: number(() => Math.expm1(normal(random) * 3)),
      income: number(() => below(30) * 1000),
      constant: number(() => 4),
      tags: text(() => list(6, () => `tag ${below(8)}`)),
      words: text(() => list(7, () => `word${below(30)}`)),
      past: text(() => list(7, () => `item${below(15)}`)),
      stamp: number(() => 1_000_000_000 + below(900_000_000)),
      tuple: text(() => `${below(4)}-${below(5)}`),
      vector: text(() => Array.from({ length: 3 }, () => normal(random)).join(",")),
      click: { kind: "number", values: Float64Array.from({ length: NUM_ROWS }, () => below(2)) },
      sale: { kind: "number", values: Float64Array.from({ length: NUM_ROWS }, () => below(2)) },
      moment: { kind: "number", values: Float64Array.from({ length: NUM_ROWS }, (_, i) => i) },
    },
  };
}

/** Columns with every kind of feature. */
export function oddColumns(own: Record<string, unknown> = {}): ColumnsConfig {
  return columnsConfig.parse({
    user: "user",
    item: "item",
    time: "moment",
    labels: { click: "click", sale: "sale" },
    categorical: [
      { column: "site", of: "item", minCount: 3 },
      { column: "agent", hash: 16 },
      { column: "device", of: "user" },
    ],
    numeric: [
      "age",
      { column: "raw", scale: "none" },
      { column: "money", scale: "log" },
      { column: "income", scale: "quantiles", buckets: 5 },
      { column: "constant" },
    ],
    bags: [
      { column: "tags", length: 3 },
      { column: "words", length: 4, hash: 12, pooling: "sum" },
    ],
    sequences: [
      { column: "past", length: 4, like: "item" },
      { column: "tags", name: "firstTags", length: 2, keep: "first", padding: "end" },
    ],
    crosses: [
      { columns: ["site", "device"], name: "place", minCount: 2 },
      { columns: ["device", "agent"], name: "hashedPlace", hash: 20 },
    ],
    timestamps: [{ column: "stamp", parts: ["hour", "weekday", "weekend", "month"] }],
    codes: [{ column: "tuple", levels: 2 }],
    vectors: [{ column: "vector", size: 3 }],
    history: { length: 3 },
    ...own,
  });
}

interface KeptOptions {
  readonly columns?: ColumnsConfig;
  readonly client?: string;
  readonly added?: Added;
}

/** A model of drawn numbers for the odd table, as if a client had kept it. */
export function drawnModel(
  config: ModelConfig | AddedModelConfig,
  { columns = oddColumns(), client = "north", added = { codes: [], unread: [] } }: KeptOptions = {},
): KeptModel {
  const split = splitClient(
    oddTable(),
    {
      client,
      columns,
      feedback: "explicit",
      duplicates: "keep",
      split: { kind: "random", valid: 0.2, test: 0.2 },
    },
    1,
  );
  const { data, encoder } = encode([split], { minCount: 1 });
  const features = (declared: FeatureSchema) =>
    addedSchema(declared, {
      categorical: added.codes.map(({ name, of }) => ({ name, of, numRows: CODE_ROWS })),
      pairs: added.score === undefined ? [] : [added.score.name],
    });
  const all = buildKept(config as ModelConfig, features(data.schema), added);
  const schema = features(
    all.multiTask === true ? data.schema : selectTask(data, undefined).schema,
  );
  const model = buildKept(config as ModelConfig, schema, added);
  const learned = createLearned(model, schema, { seed: 3, party: client });
  const { layout, stateLayout, parameters, state, tables } = learned;
  const random = streamOf(5, "numbers");
  // Nothing stays at zero or one, where a mistake would not show.
  for (let i = 0; i < parameters.length; i++) parameters[i]! += 0.3 * normal(random);
  for (let i = 0; i < state.length; i++) state[i]! += 0.2 + 0.1 * Math.abs(normal(random));
  for (const { values, features, width } of tables) {
    for (let i = 0; i < values.length; i++) values[i]! += 0.3 * normal(random);
    for (const { offset } of features) values.fill(0, offset * width, (offset + 1) * width);
  }
  return {
    kind: model.kind,
    config: config as ModelConfig,
    schema,
    batchSize: 64,
    added,
    encoder,
    parameters: Object.fromEntries(
      layout.views.map(({ name }) => [name, view(layout, parameters, name)]),
    ),
    tables: Object.fromEntries(
      tables.flatMap(({ name, features, values, width }) =>
        features.map((feature) => [
          `${name}/${feature.name}`,
          values.slice(feature.offset * width, (feature.offset + feature.numRows) * width),
        ]),
      ),
    ),
    state: stateLayout.size === 0 ? new Float32Array(0) : state,
  };
}
