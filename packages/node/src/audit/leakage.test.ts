import { describe, expect, test } from "vitest";
import { encode, FIRST_VALUE_ROW, selectTask, type TrainingData } from "@atoll/core/data";
import { buildModel, modelConfig } from "@atoll/core/models";
import { cosineOf, inputOfLinear, labelOfBias, movedRows, rowMovements } from "@atoll/core/privacy";
import { streamOf } from "@atoll/core/random";
import { view } from "@atoll/core/tensor";
import { createTrainer, trainingConfig } from "@atoll/core/training";
import { onnxExecutor } from "../executor/index.ts";
import { withParts } from "./rows.ts";
import { splitsOf } from "./world.fixture.ts";

/** The first row of a label, encoded as the only training row. */
function oneRow(label: 0 | 1): TrainingData {
  const [split] = splitsOf({ a: 120 });
  const row = split!.train.find((candidate) => split!.label[candidate] === label)!;
  const own = withParts(split!, { train: Int32Array.of(row), test: split!.test });
  return selectTask(encode([own], { minCount: 1 }).data, "click");
}

/** Numbers before and after one step of plain gradient descent on one row. */
async function step(data: TrainingData, privacy?: { readonly noiseMultiplier: number }) {
  const model = buildModel(
    modelConfig.parse({ kind: "deepfm", width: 4, hidden: [6], embeddingStd: 0.1 }),
    data.schema,
  );
  const trainer = await createTrainer({
    model,
    data,
    config: trainingConfig.parse({
      batchSize: 1,
      optimiser: { kind: "sgd", learningRate: 0.1 },
      tables: { kind: "sgd", learningRate: 0.1 },
    }),
    executor: onnxExecutor({ intraOpThreads: 1 }),
    seed: 3,
    party: "a",
    ...(privacy && {
      privacy: {
        unit: "example",
        rowsPerUnit: 1,
        clip: { kind: "fixed", norm: 1 },
        clipping: "flat",
        noiseMultiplier: privacy.noiseMultiplier,
        sampling: "shuffled",
      },
    }),
  });
  const read = (name: string) => view(trainer.layout, trainer.parameters, name).slice();
  const names = trainer.layout.views.map(({ name }) => name);
  const tables = () =>
    Object.fromEntries(["id0", "id1"].map((f) => [f, trainer.tableRows("factors", f).slice()]));
  const before = {
    parameters: Object.fromEntries(names.map((n) => [n, read(n)])),
    tables: tables(),
  };
  // A source of bytes for noise, the same in every test.
  const random = streamOf(5, "noise");
  const secrets = () => (count: number) =>
    Uint8Array.from({ length: count }, () => random.next() & 255);
  await trainer.epoch({
    stream: streamOf(1, "order"),
    proximal: { mu: 0, anchor: trainer.parameters.slice() },
    ...(privacy && { secrets }),
  });
  const after = {
    parameters: Object.fromEntries(names.map((n) => [n, read(n)])),
    tables: tables(),
  };
  await trainer.close();
  return { before, after, names };
}

/** What the first layer of the tower reads: the vectors of both ids, and the numeric features. */
function inputOf(data: TrainingData, tables: Readonly<Record<string, Float32Array>>): number[] {
  const { rows, at } = data.train;
  const row = at[0]!;
  const vectors = ["id0", "id1"].flatMap((feature, f) => {
    const entry = rows.categorical[row * 2 + f]!;
    return [...tables[feature]!.subarray(entry * 4, entry * 4 + 4)];
  });
  return [...vectors, ...rows.numeric.subarray(row * 4, row * 4 + 4)];
}

const minus = (a: Float32Array, b: Float32Array) => a.map((value, i) => value - b[i]!);

describe("one step on one row", () => {
  test.each([0, 1] as const)(
    "of label %i gives away its input, its ids and its label",
    async (label) => {
      const data = oneRow(label);
      const { before, after, names } = await step(data);
      const moved = (suffix: string) => {
        const name = names.find((own) => own.startsWith("tower") && own.endsWith(suffix))!;
        return minus(after.parameters[name]!, before.parameters[name]!);
      };
      const truth = inputOf(data, before.tables);
      const found = inputOfLinear(moved("weight"), moved("bias"))!;
      expect(cosineOf(found, truth)).toBeGreaterThan(0.9999);
      truth.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(1e-3));
      // The bias steps against its gradient.
      const bias = after.parameters["wide/bias"]![0]! - before.parameters["wide/bias"]![0]!;
      expect(labelOfBias(-bias)).toBe(label);
      ["id0", "id1"].forEach((feature, f) => {
        const entry = data.train.rows.categorical[data.train.at[0]! * 2 + f]!;
        const movements = rowMovements(before.tables[feature]!, after.tables[feature]!, 4);
        expect(movedRows(movements)).toEqual([entry]);
        expect(entry).toBeGreaterThanOrEqual(FIRST_VALUE_ROW);
      });
    },
  );

  test("with the noise of DP-SGD the input is not to be seen, and every row moves", async () => {
    const data = oneRow(1);
    const { before, after, names } = await step(data, { noiseMultiplier: 2 });
    const tower = names.filter((own) => own.startsWith("tower"));
    const moved = (suffix: string) => {
      const name = tower.find((own) => own.endsWith(suffix))!;
      return minus(after.parameters[name]!, before.parameters[name]!);
    };
    const found = inputOfLinear(moved("weight"), moved("bias"))!;
    // Cosines of random directions in twelve dimensions have a deviation of 0.29.
    expect(Math.abs(cosineOf(found, inputOf(data, before.tables)))).toBeLessThan(0.87);
    const movements = rowMovements(before.tables["id0"]!, after.tables["id0"]!, 4);
    expect(movedRows(movements).length).toBeGreaterThan(1990);
  });
});
