import { describe, expect, test } from "vitest";
import {
  columnsOf,
  FIRST_VALUE_ROW,
  numColumnsOf,
  OUT_OF_VOCABULARY_ROW,
} from "../../../data/index.ts";
import { batchesOf, passOf } from "../../../data/pass.fixture.ts";
import { decodeState } from "../../../federation/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import { buildModel, modelConfig } from "../../../models/index.ts";
import { streamOf } from "../../../random/index.ts";
import { TRAINED_FILE } from "../../stages/kept-model.ts";
import { fedmmAugmentation } from "./augmentation.ts";
import { marketsOf, settingsOf } from "../../two-markets.fixture.ts";
import {
  codeRows,
  codesOf,
  configOf,
  contextOf,
  dataOf,
  runClickModel,
  vectorsOf,
} from "./click-model.fixture.ts";
import { fedmmSharing } from "./sharing.ts";

const scores = { folds: 3 };

describe("columns", () => {
  test("are declared with the sizes that all parties know", () => {
    const schema = fedmmAugmentation(configOf({ scores })).schema(settingsOf().features);
    expect(schema.categorical.slice(6)).toEqual([
      { name: "item-code-1", of: "item", numRows: 8 },
      { name: "item-code-2", of: "item", numRows: 0 },
      { name: "user-code-1", of: "user", numRows: 8 },
      { name: "user-code-2", of: "user", numRows: 0 },
    ]);
    expect(schema.numeric.at(-1)).toEqual({ name: "collaborative-score", of: "pair" });
  });

  test.each(["explicit", "implicit"] as const)(
    "hold each example's own codes, and row 1 for unknown entities (%s)",
    (feedback) => {
      const [split] = marketsOf(feedback);
      const config = configOf({ scores });
      const context = contextOf(split!, config);
      const data = fedmmAugmentation(config).data(context, dataOf(split!));
      const { schema } = data;
      const columns = columnsOf(schema);
      const width = numColumnsOf(schema);
      const column = (name: string) =>
        columns[schema.categorical.findIndex((feature) => feature.name === name)]!;
      let unknown = 0;
      for (const batches of [
        passOf(data, { batchSize: 32, random: streamOf(1, "pass") }),
        batchesOf(data.parts[0]!.test.examples(), schema, 32),
      ])
        for (const { numRows, categorical } of batches)
          for (let row = 0; row < numRows; row++)
            for (const { entity, codes } of context.memory.codes!) {
              const of = categorical[row * width + column(entity)]! - 1;
              for (const level of [0, 1]) {
                const code = codes[of * 2 + level]!;
                const at = categorical[row * width + column(`${entity}-code-${level + 1}`)];
                expect(at).toBe(code < 0 ? OUT_OF_VOCABULARY_ROW : FIRST_VALUE_ROW + code);
                if (code < 0) unknown += 1;
              }
            }
      expect(unknown).toBeGreaterThan(0);
    },
  );

  test("a head alone has columns that the backbone does not read", () => {
    const config = configOf({ codes: false, head: "local" });
    const { schema, build } = fedmmAugmentation(config);
    const model = build(settingsOf().model, schema(settingsOf().features));
    const readers = model.embeddings.filter(({ features }) => features.includes("item-code-1"));
    expect(readers.map(({ name }) => name)).toEqual(["code-head", "code-head-item"]);
  });

  test("with every channel off, features and model stay as they are", () => {
    const { schema, build } = fedmmAugmentation(configOf({ codes: false }));
    const { features, model } = settingsOf();
    expect(schema(features)).toEqual(features);
    expect(build(model, features).embeddings.map(({ features: own }) => own)).toEqual(
      buildModel(model, features).embeddings.map(({ features: own }) => own),
    );
  });
});

test.each(["gmf", "neumf", "sasrec", "gru4rec", "bert4rec"] as const)(
  "%s, which would not read what is added, is refused",
  (kind) => {
    const { schema, build } = fedmmAugmentation(configOf({ scores }));
    const features = schema({
      ...settingsOf().features,
      categorical: [
        ...settingsOf().features.categorical,
        { name: "history", of: "context", numRows: 0, length: 5, vocabulary: "item" },
      ],
    });
    expect(() => build(modelConfig.parse({ kind }), features)).toThrow(
      expect.objectContaining({ code: "METHOD_NEEDS_MODEL" }),
    );
  },
);

describe("what travels", () => {
  test("with local channels: metadata alone", async () => {
    const config = configOf({ scores, tables: "codebook", head: "local" });
    expect(fedmmSharing(config)).toEqual({ kind: "alone" });
    const { traffic } = await runClickModel({ config });
    expect(traffic.length).toBeGreaterThan(8);
    for (const { message, bytes } of traffic) {
      expect(message.arrays).toEqual({});
      expect(new TextDecoder("latin1").decode(bytes)).not.toMatch(/"[ab]-[ui]\d+/);
    }
  });

  test.each([
    ["embeddings", { embeddings: "mean" }, ["factors", "wide"], false],
    ["embeddings", { embeddings: "usage" }, ["factors", "wide"], true],
    ["a head", { head: "federated" }, ["code-head", "code-head-item", "code-head-user"], true],
  ] as const)(
    "with federated %s %j: rows of global codes, and no others",
    async (_, channels, embeddings, withUses) => {
      const { traffic } = await runClickModel({ config: configOf(channels) });
      const updates = traffic.filter(({ message }) => message.kind === "update");
      expect(updates).toHaveLength(4);
      for (const { message } of updates) {
        const names = Object.keys(message.arrays);
        const tables = names.filter((name) => name.startsWith("table:"));
        expect(new Set(tables.map((name) => name.slice(6).split("/")[0]))).toEqual(
          new Set(embeddings),
        );
        expect(tables.every((name) => name.endsWith("-code-1"))).toBe(true);
        for (const name of tables) expect(message.arrays[name]!.shape[0]).toBe(6);
        expect(names.filter((name) => !tables.includes(name)).toSorted()).toEqual(
          withUses ? ["uses:item-code-1", "uses:user-code-1"] : [],
        );
      }
      for (const { message } of traffic.filter(({ direction }) => direction === "down"))
        expect(Object.keys(message.arrays).some((name) => name.startsWith("uses:"))).toBe(false);
    },
  );

  test("uses are the training rows of each code", async () => {
    const { traffic } = await runClickModel({ config: configOf({ embeddings: "usage" }) });
    for (const split of marketsOf("explicit")) {
      const update = traffic.find(
        ({ client, message }) => client === split.client && message.kind === "update",
      )!;
      const vectors = vectorsOf(split, 1);
      const { codes } = codesOf(split, configOf(), vectors)[0]!;
      const naive = new Map<number, number>();
      for (const row of split.train) {
        const code = codes[vectors.itemOfRow[row]! * 2]!;
        naive.set(code, (naive.get(code) ?? 0) + 1);
      }
      expect([...update.message.arrays["uses:item-code-1"]!.data]).toEqual(
        Array.from({ length: 6 }, (_, code) => naive.get(code) ?? 0),
      );
    }
  });

  test("dense: parameters and shared tables beside the rows of codes", async () => {
    const { traffic } = await runClickModel({
      config: configOf({ dense: "federated", embeddings: "mean" }),
    });
    const { message } = traffic.find((entry) => entry.message.kind === "update")!;
    expect(Object.keys(message.arrays)).toContain("parameters");
    expect(Object.keys(message.arrays)).toContain("table:factors/item-code-1");
  });
});

async function tableOf({ store }: ClientContext, name: string): Promise<Float32Array> {
  const { arrays } = decodeState((await store.read(TRAINED_FILE))!);
  return arrays[`table:${name}`]!.data as Float32Array;
}

describe.each([
  ["mean", {}],
  ["usage", {}],
  ["usage", { tables: "codebook" }],
  ["mean", { dense: "federated", tables: "codebook", head: "federated" }],
] as const)("federated embeddings, %s, %j", (embeddings, channels) => {
  const config = configOf({ embeddings, ...channels });

  test("are equal in all markets after the last round, local ones are not", async () => {
    const { contexts, traffic } = await runClickModel({ config });
    const rows = (name: string) =>
      Promise.all(contexts.map(async (context) => codeRows(await tableOf(context, name), 3)));
    const [a, b] = await rows("factors/item-code-1");
    expect(a).toEqual(b);
    const { message } = traffic.find((entry) => entry.message.kind === "finish")!;
    expect(a).toEqual(message.arrays["table:factors/item-code-1"]!.data);
    const [ownA, ownB] = await rows("factors/item-code-2");
    expect(ownA).not.toEqual(ownB);
  });

  test("start alike in all markets: nothing is sent before the first answers", async () => {
    const { traffic } = await runClickModel({ config });
    const first = traffic.find(({ message }) => message.kind === "train")!;
    expect(Object.keys(first.message.arrays).filter((name) => name.startsWith("table:"))).toEqual(
      [],
    );
  });
});

test("a run that stops and goes on gives the same scores", async () => {
  const config = configOf({ scores, tables: "codebook", embeddings: "usage", head: "federated" });
  const { scores: whole } = await runClickModel({ config });
  const { scores: resumed } = await runClickModel({ config, interrupted: true });
  expect(resumed).toEqual(whole);
});

test("renumbering local codes changes nothing where tables start from the codebook", async () => {
  const config = configOf({ tables: "codebook" });
  const turn = (code: number) => (code < 0 ? code : (code * 5 + 2) % 6);
  const renumber = ({ memory }: ClientContext) => {
    memory.codes = memory.codes!.map((entity) => {
      const [first, second] = entity.levels;
      const rows = new Float32Array(second!.rows.length);
      for (let code = 0; code < 6; code++)
        rows.set(second!.rows.subarray(code * 4, code * 4 + 4), turn(code) * 4);
      return {
        ...entity,
        codes: entity.codes.map((code, i) => (i % 2 === 1 ? turn(code) : code)),
        levels: [first!, { ...second!, rows }],
      };
    });
  };
  const { scores: own } = await runClickModel({ config });
  const { scores: turned } = await runClickModel({ config, adapt: renumber });
  turned.forEach((market, m) =>
    market.forEach((score, i) => expect(score).toBeCloseTo(own[m]![i]!, 5)),
  );
  // The comparison can fail: drawn tables are drawn by row.
  const { scores: drawn } = await runClickModel({ config: configOf() });
  const { scores: other } = await runClickModel({ config: configOf(), adapt: renumber });
  expect(other).not.toEqual(drawn);
});

test.each(["explicit", "implicit"] as const)(
  "trains on %s feedback with every channel on",
  async (feedback) => {
    const config = configOf({
      scores,
      tables: "codebook",
      embeddings: "usage",
      head: "federated",
      dense: "federated",
    });
    const { scores: markets } = await runClickModel({ config, feedback });
    for (const market of markets) expect(market.every((p) => p > 0 && p < 1)).toBe(true);
  },
);
