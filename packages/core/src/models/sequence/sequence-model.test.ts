import { describe, expect, test } from "vitest";
import type { FeatureSchema } from "../../data/schema.ts";
import { parameterLayout } from "../../tensor/index.ts";
import { predictProgram } from "../program.ts";
import { buildModel, modelConfig } from "../registry.ts";
import { historySchema, statesOf, type Sequences } from "./states.fixture.ts";

const [LENGTH, WIDTH] = [5, 4];
const kinds = [{ kind: "gru4rec", layers: 2 }, { kind: "sasrec" }, { kind: "bert4rec" }].map(
  // Fresh numbers so large that every position matters to every other that it may.
  (config) => ({ ...config, width: WIDTH, embeddingStd: 1 }),
);

/** One sequence with items at all positions but the first ones, none of them hidden. */
function sequence({ padding = 0, hidden = -1 } = {}): Sequences {
  const at = Array.from({ length: LENGTH }, (_, t) => t);
  return {
    items: Float32Array.from({ length: LENGTH * WIDTH }, (_, i) => Math.sin(1 + 2.3 * i)),
    present: Float32Array.from(at, (t) => (t < padding ? 0 : 1)),
    masked: Float32Array.from(at, (t) => (t === hidden ? 1 : 0)),
  };
}

/** The same, another item at one position. */
function changed(sequence: Sequences, position: number): Sequences {
  const items = sequence.items.map((x, i) =>
    Math.floor(i / WIDTH) === position ? Math.cos(3 * i) : x,
  );
  return { ...sequence, items };
}

/** The positions whose states move when an item does. */
async function moved(
  config: { kind: string; width: number },
  sequence: Sequences,
  position: number,
) {
  const before = await statesOf(config, sequence, LENGTH);
  const after = await statesOf(config, changed(sequence, position), LENGTH);
  return before.flatMap((state, t) => (state.some((x, k) => x !== after[t]![k]) ? [t] : []));
}

describe.each(kinds)("$kind", (config) => {
  const sees = config.kind === "bert4rec" ? [1, 2, 3, 4] : [3, 4];

  test(`an item moves the states at ${sees.join(", ")} alone`, async () => {
    expect(await moved(config, sequence({ padding: 1 }), 3)).toEqual(sees);
  });

  test("padding moves nothing, and has the state 0", async () => {
    const padded = sequence({ padding: 2 });
    expect(await moved(config, padded, 1)).toEqual([]);
    const states = await statesOf(config, padded, LENGTH);
    expect(states.slice(0, 2).flat().map(Math.abs)).toEqual(Array(2 * WIDTH).fill(0));
    expect(states.slice(2).flat().map(Math.abs)).not.toContain(0);
  });

  test("the order of earlier items matters", async () => {
    const given = sequence();
    const swapped = given.items.map(
      (x, i) => [given.items[i + WIDTH], given.items[i - WIDTH]][Math.floor(i / WIDTH) - 1] ?? x,
    );
    const [a, b] = [
      await statesOf(config, given, LENGTH),
      await statesOf(config, { ...given, items: swapped }, LENGTH),
    ];
    const distance = Math.max(...a.at(-1)!.map((x, k) => Math.abs(x - b.at(-1)![k]!)));
    expect(distance).toBeGreaterThan(1e-3);
  });
});

test("cloze: a hidden item moves no state, not even its own", async () => {
  const config = kinds[2]!;
  expect(await moved(config, sequence({ padding: 1, hidden: 3 }), 3)).toEqual([]);
  const [hidden, shown] = [
    await statesOf(config, sequence({ hidden: 3 }), LENGTH),
    await statesOf(config, sequence(), LENGTH),
  ];
  expect(hidden).not.toEqual(shown);
});

test("a recurrent state knows no position: the same items after padding leave the same states", async () => {
  const [config] = kinds;
  const whole = sequence();
  const later = whole.items.map((_, i) => whole.items[i - 2 * WIDTH] ?? 7);
  const states = await statesOf(config!, whole, LENGTH);
  const moved = await statesOf(config!, { ...sequence({ padding: 2 }), items: later }, LENGTH);
  expect(moved.slice(2)).toEqual(states.slice(0, 3));
});

test.each(kinds)(
  "$kind: a history of one item, whose state is a vector of its own",
  async (config) => {
    const schema = historySchema(1);
    const model = buildModel(modelConfig.parse(config), schema);
    const layouts = [parameterLayout(model.parameters), parameterLayout(model.state)] as const;
    const { inputs, outputs } = predictProgram(model, ...layouts, schema, 3);
    expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([["logits", [3]]]);
    expect(inputs.find(({ name }) => name === "index:history")?.shape).toEqual([3, 1]);
    const one = { items: Float32Array.of(1, 2, 3, 4), present: Float32Array.of(1) };
    const [state] = await statesOf(config, { ...one, masked: Float32Array.of(0) }, 1);
    expect(state!.every((x) => Number.isFinite(x) && x !== 0)).toBe(true);
  },
);

describe("says what it needs", () => {
  const plain: FeatureSchema = {
    categorical: [
      { name: "user", of: "user", numRows: 5 },
      { name: "item", of: "item", numRows: 5 },
    ],
    numeric: [],
  };
  const build = (config: object, schema: FeatureSchema) => () =>
    buildModel(modelConfig.parse(config), schema);

  test.each(kinds)("$kind", ({ kind }) => {
    expect(build({ kind }, plain)).toThrow(
      `model "${kind}" needs the past items and the item to score, the data have no history (categorical features: user, item)`,
    );
    expect(build({ kind }, plain)).toThrow("add `history: { length: 50 }` under data.columns");
    const own = [...plain.categorical, { name: "clicks", of: "user", numRows: 9, length: 4 }];
    expect(
      build({ kind, history: "clicks" }, { ...plain, categorical: own } as FeatureSchema),
    ).toThrow(`"clicks" is one of "clicks"`);
    expect(build({ kind, history: "clicks" }, historySchema(4))).toThrow("have no clicks");
  });

  test("heads divide the width", () => {
    const parsed = modelConfig.safeParse({ kind: "sasrec", width: 6, heads: 4 });
    expect(parsed.error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [["heads"], "the number of heads must divide the width"],
    ]);
    expect(modelConfig.safeParse({ kind: "bert4rec", width: 6, heads: 3 }).success).toBe(true);
  });
});

test("the sequence objective names the embedding, the history and the items' bias", () => {
  const objective = (config: object) =>
    buildModel(modelConfig.parse(config), historySchema(4)).sequence;
  expect(objective({ kind: "sasrec" })).toEqual({
    embedding: "items",
    history: "history",
    target: "next",
    states: expect.any(Function) as unknown,
    last: expect.any(Function) as unknown,
  });
  expect(objective({ kind: "bert4rec", hiddenShare: 0.4, itemBias: true })).toEqual({
    embedding: "items",
    history: "history",
    target: "cloze",
    hidden: 0.4,
    bias: "bias",
    states: expect.any(Function) as unknown,
    last: expect.any(Function) as unknown,
  });
});
