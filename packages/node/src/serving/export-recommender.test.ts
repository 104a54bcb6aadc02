import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { columnsConfig } from "@atoll/core/data";
import { streamOf } from "@atoll/core/random";
import {
  columnsRead,
  createRecommender,
  exportKept,
  exportRecommender,
  feedsOf,
  newRows,
  sampleRows,
} from "@atoll/core/serving";
import { readModel } from "@atoll/core/tensor";
import { drawnRecommender, recommenders } from "./recommender.fixture.ts";
import { runSession, verifyExport } from "./verify.ts";

const client = "north";
const roles = columnsConfig.parse({ user: "user", item: "item" });
const kinds = Object.keys(recommenders) as (keyof typeof recommenders)[];

describe.each(kinds)("%s", (kind) => {
  test("gives what predicting gives, whatever is unknown or missing", async () => {
    const kept = await drawnRecommender(recommenders[kind]);
    const columns = columnsRead(roles, kept);
    const exported = exportKept(kept, { client, columns, name: kind });
    const model = createRecommender(kept, { client });
    const session = await InferenceSession.create(exported.onnx, { logSeverityLevel: 3 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 30 }),
        share,
        share,
        async (seed, numRows, missing, unknown) => {
          const random = streamOf(seed, "rows");
          const options = { kept, columns, client, random, missing, unknown };
          const table = sampleRows(numRows, options);
          const expected = await model.score(newRows(columns, table, client));
          const answers = await runSession(session, feedsOf(exported.inputs, table, options));
          for (let row = 0; row < numRows; row++)
            expect(Math.abs(answers["probability"]![row]! - expected[row]!)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 40 },
    );
    await session.release();
  });

  test("takes raw ids, and has no operators but those of ONNX and its ai.onnx.ml", async () => {
    const kept = await drawnRecommender(recommenders[kind]);
    const columns = columnsRead(roles, kept);
    const { onnx, inputs } = exportKept(kept, { client, columns, name: kind });
    expect(inputs.map(({ name }) => name)).toEqual(
      { popularity: ["item"], "mf-bpr": ["user", "item"] }[kind as string] ?? [
        "user",
        "item",
        "history",
      ],
    );
    const operators = new Set(readModel(onnx).nodes.map(({ operator }) => operator));
    expect(operators).toContain("LabelEncoder");
    expect(operators).not.toContain("FusedMatMul");
  });
});

test.each(["item-knn", "ease"] as const)("nobody chose anything: %s", async (kind) => {
  const kept = await drawnRecommender(recommenders[kind], { pairs: 0 });
  const columns = columnsRead(roles, kept);
  const exported = exportKept(kept, { client, columns, name: kind });
  const { difference, example } = await verifyExport(exported, { kept, columns, client });
  expect(difference).toBe(0);
  expect(example.outputs).toEqual({ probability: 0.5 });
});

test("users that are hashed enter as rows of their table", async () => {
  const hashed = columnsConfig.parse({ user: "user", item: "item", userHash: 16 });
  const kept = await drawnRecommender(recommenders.ease, { columns: hashed });
  const columns = columnsRead(hashed, kept);
  const exported = exportKept(kept, { client, columns, name: "hashed" });
  expect(exported.inputs.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
    "user: hash",
    "item: text",
    "history: texts",
  ]);
  const { difference } = await verifyExport(exported, { kept, columns, client });
  expect(difference).toBeLessThan(1e-6);
});

test("an item of a history counts once, and the given one in place of the user's own", async () => {
  const kept = await drawnRecommender(recommenders.ease);
  if (kept.learned.kind !== "weights") throw new TypeError("ease keeps weights");
  const { weights, numItems } = kept.learned.weights;
  const [first, second] = kept.encoder.vocabularies["item"]!;
  const columns = columnsRead(roles, kept);
  const { onnx, inputs } = exportKept(kept, { client, columns, name: "ease" });
  const length = inputs.find((input) => input.kind === "texts")!.length;
  const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
  const history = ["", ...Array<string>(length).fill(second!)].slice(-length);
  const [user] = kept.encoder.vocabularies["user"]!;
  const answers = await session.run({
    user: new Tensor("string", [user!], [1]),
    item: new Tensor("string", [first!], [1]),
    history: new Tensor("string", history, [1, length]),
  });
  // The first value has number 1: number 0 is what training did not hold.
  const weight = weights[numItems + 2]!;
  expect(weight).not.toBe(0);
  expect((answers["probability"]!.data as Float64Array)[0]).toBeCloseTo(
    1 / (1 + Math.exp(-weight)),
    7,
  );
  await session.release();
});

test("a file beyond two gigabytes is refused with what to do", async () => {
  const kept = await drawnRecommender(recommenders.ease);
  if (kept.learned.kind !== "weights") throw new TypeError("ease keeps weights");
  const { learned } = kept;
  // Never touched, so it takes no memory.
  const weights = { numItems: 30_000, weights: { length: 30_000 ** 2 } as Float64Array };
  const vast = { ...kept, learned: { ...learned, weights } };
  expect(() =>
    exportRecommender(vast, { client, columns: columnsRead(roles, kept), name: "vast" }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[AtollError: client "north": its model takes 3.4 GiB, an ONNX file takes 2 GiB at most; use atoll predict, a smaller width, or item-knn, which keeps few neighbours of each item]`,
  );
});
