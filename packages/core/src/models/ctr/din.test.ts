import { expect, test } from "vitest";
import type { FeatureSchema } from "../../data/schema.ts";
import fixtures from "../__fixtures__/din.json" with { type: "json" };
import { caseSchema, casesOf, feed, inputsOf, loadModel, schemaOf } from "../reference.fixture.ts";
import { referenceLaws } from "../reference.laws.ts";
import { buildModel, modelConfig } from "../registry.ts";

referenceLaws(fixtures);

const build = (schema: FeatureSchema) => buildModel(modelConfig.parse({ kind: "din" }), schema);

test("asks for a history whose values are those of another feature", () => {
  const plain = schemaOf(["user", "item"], ["price"]);
  const without =
    'model "din" needs a history of values of another feature, such as a user\'s past items; the data ' +
    "have none (categorical features: user, item";
  expect(() => build(plain)).toThrow(`${without}); add history under data.columns`);
  // A bag of values of its own has no target.
  const tags = { name: "tags", of: "item", numRows: 9, length: 3 } as const;
  const tagged = { ...plain, categorical: [...plain.categorical, tags] };
  expect(() => build(tagged)).toThrow(`${without}, tags)`);
  const history = { ...tags, name: "history", vocabulary: "item" };
  expect(() => build({ ...plain, categorical: [...plain.categorical, history] })).not.toThrow();
});

test("a batch in which nobody has a past moves no statistics of the attention and stays finite", async () => {
  const { batch, cases } = casesOf(fixtures);
  for (const { example } of cases) {
    const loaded = await loadModel(example.config, caseSchema(example), { batchSize: batch });
    const { train, stateLayout } = loaded;
    const inputs = inputsOf(loaded, example);
    for (const [name, values] of Object.entries(inputs))
      if (name.startsWith("index:")) inputs[name] = values.map(() => 0);
    const outputs = await train.run(feed(loaded, train, inputs));
    const all = Object.values(outputs).flatMap((values) => [...values]);
    expect(all.every(Number.isFinite)).toBe(true);
    for (const { name } of stateLayout.views) {
      const after = [...outputs[`next:state:${name}`]!];
      const before = Array.from(Float32Array.from(example.state[name]!));
      if (name.startsWith("attention/")) expect(after, name).toEqual(before);
      else expect(after, name).not.toEqual(before);
    }
    await train.release();
  }
});

test("what lies in the places of padding is of no matter", async () => {
  const { batch, cases } = casesOf(fixtures);
  // The last case has a pooled feature, which counts on padding being 0 in its table.
  for (const { example } of cases.slice(0, -1)) {
    const loaded = await loadModel(example.config, caseSchema(example), { batchSize: batch });
    const { train } = loaded;
    const inputs = inputsOf(loaded, example);
    const run = async () => {
      const { logits, loss } = await train.run(feed(loaded, train, inputs));
      return [...logits!, ...loss!];
    };
    const before = await run();
    const present = inputs["index:history"]!;
    const values = inputs["embedding:deep"]!;
    const [length, width] = [present.length / batch, 2];
    const perRow = values.length / batch;
    present.forEach((row, i) => {
      if (row > 0) return;
      // Histories come last.
      const at = Math.floor(i / length) * perRow + perRow - (length - (i % length)) * width;
      values.fill(7, at, at + width);
    });
    expect(await run()).toEqual(before);
    await train.release();
  }
});
