import { InferenceSession, Tensor } from "onnxruntime-node";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashOf } from "@atoll/core/data";
import type { Added } from "@atoll/core/methods";
import { modelConfig } from "@atoll/core/models";
import { normal, streamOf, uniformBelow } from "@atoll/core/random";
import { createRowModel, exportModel, feedsOf, newRows, sampleRows } from "@atoll/core/serving";
import { readModel } from "@atoll/core/tensor";
import { onnxExecutor } from "../executor/index.ts";
import { CODE_ROWS, drawnModel, oddColumns } from "./kept.fixture.ts";
import { runSession, verifyExport } from "./verify.ts";

const small = modelConfig.parse({ kind: "deepfm", width: 3, hidden: [4] });
const client = "north";

describe("what a method adds is in the graph", () => {
  const columns = oddColumns({ history: undefined });
  const plain = drawnModel(small, { columns });
  const sizeOf = (name: string) =>
    plain.schema.categorical.find((feature) => feature.name === name)!.numRows;
  const random = streamOf(9, "added");
  const codes = (of: "user" | "item", name: string) => ({
    name,
    of,
    rows: Int32Array.from({ length: sizeOf(of) }, () => 1 + uniformBelow(random, CODE_ROWS - 1)),
  });
  const draw = (length: number) => Float32Array.from({ length }, () => normal(random));
  const factors = () => ({
    width: 3,
    users: draw(3 * (sizeOf("user") - 1)),
    items: draw(3 * (sizeOf("item") - 1)),
    bias: draw(sizeOf("item") - 1),
  });
  const score = (models: number) => ({
    name: "collaborative-score",
    centre: 0.3,
    scale: 1.7,
    offset: 1,
    models: Array.from({ length: models }, factors),
  });
  const itemCode = codes("item", "item-code-1");
  const userCode = codes("user", "user-code-1");

  test.each<[string, Added]>([
    [
      "codes, a score of three models, a head",
      {
        codes: [itemCode, userCode],
        score: score(3),
        unread: [],
        head: { item: ["item-code-1"], user: ["user-code-1"] },
      },
    ],
    [
      "codes that the head alone reads",
      {
        codes: [itemCode],
        unread: ["item-code-1"],
        head: { item: ["item-code-1"], user: [] },
      },
    ],
    ["a score alone", { codes: [], score: score(1), unread: [] }],
  ])("%s", async (_, added) => {
    const kept = drawnModel(small, { columns, added });
    const exported = exportModel(kept, { client, columns, name: "added" });
    const { difference } = await verifyExport(exported, { kept, columns, client });
    expect(difference).toBeLessThan(1e-6);
  });

  test("experts that are made of factors", async () => {
    const config = modelConfig.parse({
      kind: "mmoe",
      width: 3,
      experts: 2,
      expertHidden: [4],
      towerHidden: [3],
      batchNorm: true,
    });
    const added: Added = {
      codes: [],
      unread: [],
      template: { operator: "product", taskFactor: "row" },
    };
    const kept = drawnModel(config, { columns, added });
    const exported = exportModel(kept, { client, columns, name: "template" });
    expect(exported.outputs).toEqual(["probability_click", "probability_sale"]);
    const { difference } = await verifyExport(exported, { kept, columns, client });
    expect(difference).toBeLessThan(1e-6);
  });
});

describe("the graph", () => {
  const columns = oddColumns();
  const kept = drawnModel(small, { columns });
  const exported = exportModel(kept, { client, columns, name: "odd" });

  test("takes raw columns, and table rows where values are hashed", () => {
    expect(exported.inputs.map(({ name, kind }) => `${name}: ${kind}`)).toMatchInlineSnapshot(`
      [
        "user: text",
        "item: text",
        "site: text",
        "agent: hash",
        "device: text",
        "income: number",
        "tags: texts",
        "words: hashes",
        "past: texts",
        "tags:firstTags: texts",
        "hashedPlace: hash",
        "stamp: time",
        "tuple: codes",
        "age: number",
        "raw: number",
        "money: number",
        "constant: number",
        "vector: numbers",
        "history: texts",
      ]
    `);
  });

  test("has no operators but those of ONNX and its ai.onnx.ml", () => {
    const operators = new Set(readModel(exported.onnx).nodes.map(({ operator }) => operator));
    expect(operators).toContain("LabelEncoder");
    expect(operators).not.toContain("FusedMatMul");
  });

  test("gives what predicting gives, whatever is unknown or missing", async () => {
    const model = await createRowModel(kept, {
      client,
      executor: onnxExecutor({ intraOpThreads: 1 }),
    });
    const session = await InferenceSession.create(exported.onnx, { logSeverityLevel: 3 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        share,
        share,
        async (seed, numRows, missing, unknown) => {
          const options = {
            kept,
            columns,
            client,
            random: streamOf(seed, "rows"),
            missing,
            unknown,
          };
          const table = sampleRows(numRows, options);
          const expected = await model.score(newRows(columns, table, client));
          const answers = await runSession(session, feedsOf(exported.inputs, table, options));
          const [name] = exported.outputs;
          for (let row = 0; row < numRows; row++)
            expect(Math.abs(answers[name!]![row]! - expected[row]!)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 25 },
    );
    await model.close();
    await session.release();
  });

  test("a hashed value enters by the formula that the card gives", async () => {
    const random = streamOf(1, "hash");
    const options = { kept, columns, client, random, missing: 0, unknown: 0 };
    const table = sampleRows(4, options);
    const feeds = feedsOf(exported.inputs, table, options);
    const agents = ["a", "blue", "", "ä"];
    const withAgents = {
      numRows: 4,
      columns: {
        ...table.columns,
        agent: { kind: "text" as const, codes: Int32Array.of(0, 1, 2, 3), values: agents },
      },
    };
    const session = await InferenceSession.create(exported.onnx, { logSeverityLevel: 3 });
    const input = exported.inputs.find(
      ({ kind, column }) => kind === "hash" && column === "agent",
    )!;
    const rows = agents.map((agent) => BigInt(2 + hashOf(agent, 16)));
    expect([...feedsOf([input], withAgents, options)[input.name]!.data]).toEqual(rows);
    const answers = await session.run({
      ...Object.fromEntries(
        Object.entries(feeds).map(([name, { type, data, shape }]) => [
          name,
          new Tensor(type as "string", data as string[], shape),
        ]),
      ),
      [input.name]: new Tensor("int64", BigInt64Array.from(rows), [4]),
    });
    expect(Object.keys(answers)).toEqual(["probability_click"]);
    await session.release();
  });
});

test("a file beyond two gigabytes is refused with what to do", () => {
  const columns = oddColumns();
  const kept = drawnModel(small, { columns });
  // Never touched, so it takes no memory.
  const vast = { length: 2 ** 30 } as unknown as string;
  const vocabularies = { ...kept.encoder.vocabularies, vast: [vast, vast] };
  expect(() =>
    exportModel(
      { ...kept, encoder: { ...kept.encoder, vocabularies } },
      { client, columns, name: "x" },
    ),
  ).toThrow("its model takes 2.0 GiB, an ONNX file takes 2 GiB at most");
});
