import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsConfig } from "../config.ts";
import { encode } from "../encode.ts";
import { encodeColumns, type Encoder } from "../encoder.ts";
import { featuresOf } from "../pass.fixture.ts";
import { applyRoles } from "../roles.ts";
import { FIRST_VALUE_ROW, numColumnsOf, OUT_OF_VOCABULARY_ROW, PADDING_ROW } from "../schema.ts";
import { splitClient, type SplitRules } from "../split-client.ts";
import type { RawColumn, RawTable } from "../table.ts";
import { number, tableOf, text } from "../tables.fixture.ts";
import { hashOf } from "./hash.ts";
import { splitList } from "./lists.ts";
import { bucketOf, fitQuantiles, fitScale, scaled } from "./numbers.ts";

const HOUR = 3600;
/** 2014-11-09 13:30:00 UTC, a Sunday. */
const SUNDAY = 1_415_539_800;

const columns = columnsConfig.parse({
  user: "who",
  item: "what",
  time: "when",
  label: "click",
  categorical: ["colour", { column: "site", hash: 16 }],
  numeric: [
    "price",
    { column: "count", scale: "log" },
    { column: "raw", scale: "none" },
    { column: "age", scale: "quantiles", buckets: 4 },
  ],
  bags: [{ column: "tags", length: 3, of: "item" }],
  sequences: [{ column: "seen", separator: " ", length: 4, like: "item" }],
  crosses: [{ columns: ["colour", "site"] }],
  timestamps: [{ column: "when", parts: ["hour", "weekday", "weekend", "month"] }],
  vectors: [{ column: "vector", size: 2, of: "item" }],
  codes: [{ column: "code", levels: 2, of: "item" }],
  history: { length: 3 },
});

const rules: SplitRules = {
  client: "de",
  columns,
  feedback: "explicit",
  split: { kind: "time", valid: 0.2, test: 0.2 },
};

/** Twenty rows of two users in time order, whose values follow from the row number. */
function table(numRows = 20): RawTable {
  const rows = Array.from({ length: numRows }, (_, i) => i);
  return tableOf({
    who: text(rows.map((i) => (i % 2 === 0 ? "ann" : "bob"))),
    what: text(rows.map((i) => `i${i % 7}`)),
    when: number(rows.map((i) => SUNDAY + i * HOUR)),
    click: number(rows.map((i) => (i % 3 === 0 ? 0 : 1))),
    colour: text(rows.map((i) => (i === 5 ? null : ["red", "blue", "green"][i % 3]!))),
    site: text(rows.map((i) => `s${i % 5}`)),
    price: number(rows),
    count: number(rows.map((i) => i ** 2)),
    raw: number(rows.map((i) => (i === 4 ? null : i / 2))),
    age: number(rows.map((i) => (i === 3 ? null : i))),
    tags: text(rows.map((i) => (i === 2 ? null : i % 2 === 0 ? "a|b|c|d" : `b|t${i}`))),
    seen: text(rows.map((i) => (i < 3 ? "" : "i0 i1 i2 i3 i4"))),
    vector: text(rows.map((i) => (i === 6 ? null : `[${i % 7}, -1.5]`))),
    code: text(rows.map((i) => `${i % 2}-${i % 7}`)),
  });
}

const split = splitClient(table(), rules, 1);
const { data, encoder } = encode([split], { minCount: 1 });
const numColumns = numColumnsOf(data.schema);
const names = data.schema.categorical.flatMap(({ name, length = 1 }) =>
  Array.from({ length }, (_, i) => (length === 1 ? name : `${name}[${i}]`)),
);

/** The row of a feature's value in its table. */
function rowOf(feature: string, value: string): number {
  return FIRST_VALUE_ROW + encoder.vocabularies[feature]!.indexOf(value);
}

/** The encoded columns of a training row, by name. */
function trainingRow(row: number): Record<string, number> {
  const { categorical } = featuresOf(data.train, data.schema);
  return Object.fromEntries(names.map((name, c) => [name, categorical[row * numColumns + c]!]));
}

describe("every type of feature, looked at in one row", () => {
  test("training has the first twelve rows", () => expect(data.train.numRows).toBe(12));

  test("values, missing values, hashes", () => {
    expect(trainingRow(1)["colour"]).toBe(rowOf("colour", "blue"));
    expect(trainingRow(5)["colour"]).toBe(OUT_OF_VOCABULARY_ROW);
    expect(trainingRow(1)["site"]).toBe(FIRST_VALUE_ROW + hashOf("s1", 16));
    expect(data.schema.categorical.find(({ name }) => name === "site")!.numRows).toBe(18);
  });

  test("users may be hashed: a table whose rows tell of nobody", () => {
    const hashed = { ...rules, columns: columnsConfig.parse({ ...columns, userHash: 5 }) };
    const { data: own, encoder: ownEncoder } = encode([splitClient(table(), hashed, 1)], {
      minCount: 1,
    });
    expect(own.schema.categorical[0]).toEqual({ name: "user", of: "user", numRows: 7 });
    expect(ownEncoder.vocabularies).not.toHaveProperty("user");
    const row = numColumnsOf(own.schema);
    const { categorical } = featuresOf(own.train, own.schema);
    expect([categorical[0], categorical[row]]).toEqual(
      ["ann", "bob"].map((user) => FIRST_VALUE_ROW + hashOf(user, 5)),
    );
  });

  test("bags keep their first members, padded at the end", () => {
    const bag = (row: number) => [0, 1, 2].map((i) => trainingRow(row)[`tags[${i}]`]);
    expect(bag(4)).toEqual(["a", "b", "c"].map((tag) => rowOf("tags", tag)));
    expect(bag(3)).toEqual([rowOf("tags", "b"), rowOf("tags", "t3"), PADDING_ROW]);
    expect(bag(2)).toEqual([PADDING_ROW, PADDING_ROW, PADDING_ROW]);
    // d is the fourth member wherever it stands: nothing is learned of what is never kept.
    expect(encoder.vocabularies["tags"]).not.toContain("d");
  });

  test("sequences keep their last values, padded at the start, in the rows of the items", () => {
    const sequence = (row: number) => [0, 1, 2, 3].map((i) => trainingRow(row)[`seen[${i}]`]);
    expect(sequence(3)).toEqual(["i1", "i2", "i3", "i4"].map((item) => rowOf("item", item)));
    expect(sequence(0)).toEqual([0, 0, 0, 0]);
    expect(encoder.vocabularies["seen"]).toBeUndefined();
  });

  test("crosses count values together; codes are one feature for each level", () => {
    expect(trainingRow(1)["colourxsite"]).toBe(rowOf("colourxsite", '["blue","s1"]'));
    expect(trainingRow(5)["colourxsite"]).toBe(rowOf("colourxsite", '[null,"s0"]'));
    expect(trainingRow(5)["code/0"]).toBe(rowOf("code/0", "1"));
    expect(trainingRow(5)["code/1"]).toBe(rowOf("code/1", "5"));
  });

  test("parts of a timestamp, in UTC", () => {
    const part = (row: number, name: string) =>
      encoder.vocabularies[`when_${name}`]![trainingRow(row)[`when_${name}`]! - FIRST_VALUE_ROW];
    expect([part(0, "hour"), part(0, "weekday"), part(0, "weekend"), part(0, "month")]).toEqual([
      "13",
      "6",
      "1",
      "11",
    ]);
    // 10:30 hours later it is Monday.
    expect([part(11, "hour"), part(11, "weekday"), part(11, "weekend")]).toEqual(["0", "0", "0"]);
  });

  test("quantiles have equally many training rows; a missing number is out of vocabulary", () => {
    const buckets = Array.from({ length: 12 }, (_, row) => trainingRow(row)["age"]);
    // Ages 0, 1, 2, 4, ..., 11: eleven values, edges at the 3rd, 6th and 9th of them.
    expect(buckets).toEqual([2, 2, 2, 1, 3, 3, 3, 4, 4, 4, 5, 5]);
  });

  test("scales: standardised, of the logarithm, raw; vectors as they are, a missing one zeros", () => {
    const { numeric } = featuresOf(data.train, data.schema);
    const of = (row: number) =>
      Object.fromEntries(
        data.schema.numeric.map(({ name }, n) => [
          name,
          numeric[row * data.schema.numeric.length + n]!,
        ]),
      );
    expect(of(0)["price"]).toBeCloseTo(-5.5 / Math.sqrt(143 / 12), 5);
    const logs = Array.from({ length: 12 }, (_, i) => Math.log(1 + i * i));
    const mean = logs.reduce((a, b) => a + b) / 12;
    const deviation = Math.sqrt(logs.reduce((a, b) => a + (b - mean) ** 2, 0) / 12);
    expect(of(7)["count"]).toBeCloseTo((logs[7]! - mean) / deviation, 5);
    expect([of(3)["raw"], of(4)["raw"]]).toEqual([1.5, 0]);
    expect([of(3)["vector/0"], of(3)["vector/1"]]).toEqual([3, -1.5]);
    expect([of(6)["vector/0"], of(6)["vector/1"]]).toEqual([0, 0]);
  });
});

describe("histories", () => {
  const history = (examples: typeof data.train, i: number) => {
    const { categorical } = featuresOf(examples, data.schema);
    const at = names.indexOf("history[0]");
    return [...categorical.subarray(i * numColumns + at, i * numColumns + at + 3)].map((row) =>
      row === 0 ? null : row === 1 ? "?" : encoder.vocabularies["item"]![row - FIRST_VALUE_ROW],
    );
  };

  test("hold the user's earlier clicked items of training, most recent last", () => {
    // Ann has rows 0, 2, 4, 6, 8, 10; clicks at 2, 4, 8, 10.
    expect(history(data.train, 0)).toEqual([null, null, null]);
    expect(history(data.train, 2)).toEqual([null, null, null]);
    expect(history(data.train, 8)).toEqual([null, "i2", "i4"]);
    expect(history(data.train, 10)).toEqual(["i2", "i4", "i1"]);
  });

  test("of validation rows hold no validation row, of test rows those, and no test row", () => {
    const [valid, tested] = [data.parts[0]!.valid.examples(), data.parts[0]!.test.examples()];
    // Validation is rows 12 to 15; ann's is 12 and 14, clicked is 14. Test is 16 to 19.
    expect(history(valid, 2)).toEqual(["i4", "i1", "i3"]);
    expect(history(tested, 0)).toEqual(["i1", "i3", "i0"]);
    expect(history(tested, 2)).toEqual(["i1", "i3", "i0"]);
  });

  test("never know their own or a later row: changing these changes no history", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19 }), (row) => {
        const changed = table();
        const what = changed.columns["what"] as {
          kind: "text";
          codes: Int32Array;
          values: readonly string[];
        };
        const codes = what.codes.map((code, i) => (i >= row ? 6 - code : code));
        const again = encode(
          [
            splitClient(
              {
                ...changed,
                columns: { ...changed.columns, what: { kind: "text", codes, values: what.values } },
              },
              rules,
              1,
            ),
          ],
          { minCount: 1, vocabularies: encoder.vocabularies },
        ).data;
        const rowsOf = (from: typeof data) =>
          [from.train, from.parts[0]!.valid.examples(), from.parts[0]!.test.examples()].flatMap(
            (examples) => {
              const { categorical } = featuresOf(examples, from.schema);
              const at = names.indexOf("history[0]");
              return Array.from({ length: examples.numRows }, (_, i) =>
                categorical.slice(i * numColumns + at, i * numColumns + at + 3).join(),
              );
            },
          );
        expect(rowsOf(again).slice(0, row + 1)).toEqual(rowsOf(data).slice(0, row + 1));
      }),
      { numRuns: 20 },
    );
  });
});

test("prediction encodes raw rows as training did, with an encoder that was saved as JSON", () => {
  const saved = JSON.parse(JSON.stringify(encoder)) as Encoder;
  const withoutHistory = columnsConfig.parse({ ...columns, history: undefined });
  const width = numColumns - 3;
  for (let row = 0; row < 20; row++) {
    // One raw row alone: another dictionary, other codes.
    const whole = table();
    const one = tableOf(
      Object.fromEntries(
        Object.entries(whole.columns).map(([name, column]) => [
          name,
          column.kind === "number"
            ? number([Number.isNaN(column.values[row]!) ? null : column.values[row]!])
            : text([column.codes[row]! < 0 ? null : column.values[column.codes[row]!]!]),
        ]),
      ),
    );
    const roles = applyRoles(one, { ...rules, columns: withoutHistory });
    const encoded = encodeColumns(saved, { client: "de", ...roles }, 1);
    const trained = encodeColumns(encoder, split, 20);
    expect([...encoded.categorical]).toEqual([
      ...trained.categorical.subarray(row * width, (row + 1) * width),
    ]);
    expect([...encoded.numeric]).toEqual([...trained.numeric.subarray(row * 5, (row + 1) * 5)]);
  }
});

describe("what is wrong is said", () => {
  const problemOf = (given: Record<string, unknown>, from = table()) => {
    const parsed = columnsConfig.parse({ label: "click", ...given });
    try {
      applyRoles(from, { ...rules, columns: parsed });
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };

  test("tuples and vectors of another length than declared", () => {
    expect(problemOf({ codes: [{ column: "code", levels: 3 }] })).toContain(
      'data.columns.codes says that column "code" holds 3 codes, but "0-0" holds 2 value(s)',
    );
    expect(problemOf({ vectors: [{ column: "vector", size: 3 }] })).toContain(
      'data.columns.vectors says that column "vector" holds 3 numbers, but "[0, -1.5]" holds 2',
    );
  });

  test("a sequence like a feature that there is not, a history without items, two kinds of labels", () => {
    expect(problemOf({ sequences: [{ column: "seen", like: "what" }] })).toContain(
      '"seen" has values like those of "what", which is no categorical feature',
    );
    expect(problemOf({ history: {} })).toContain("data.columns.history needs a user and an item");
    expect(problemOf({ labels: { click: "click" } })).toContain("both given");
  });

  test("a column that is read as text and as numbers", () => {
    expect(
      problemOf({ categorical: ["age"], numeric: [{ column: "age", name: "years" }] }),
    ).toContain('column "age" is read as text and, for data.columns.numeric, as number');
  });
});

describe("the pieces", () => {
  test("lists with and without brackets and quotes", () => {
    expect(splitList("a|b||c ", "|")).toEqual(["a", "b", "c"]);
    expect(splitList("[1, 2]", ",")).toEqual(["1", "2"]);
    expect(splitList("['x y', \"z\"]", ",")).toEqual(["x y", "z"]);
    expect(splitList("", "|")).toEqual([]);
  });

  test("hashes are the same for ever, and spread", () => {
    expect(["", "a", "blue", "猫"].map((value) => hashOf(value, 2 ** 32))).toEqual(
      ["", "a", "blue", "猫"].map(reference),
    );
    const counts = new Int32Array(64);
    for (let i = 0; i < 64_000; i++) counts[hashOf(`value ${i}`, 64)]! += 1;
    // Chi-square with 63 degrees of freedom: 103 has probability .001.
    const chi = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(103);
  });

  test("quantiles hold equal shares as far as equal values allow", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 2, max: 8 }),
        (values, buckets) => {
          const column = {
            rows: Int32Array.from(values.keys()),
            values: Float64Array.from(values),
          };
          const edges = fitQuantiles([column], buckets);
          const counts = new Map<number, number>();
          for (const value of values) {
            const bucket = bucketOf(value, edges);
            counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
            expect(edges.filter((edge) => edge < value)).toHaveLength(bucket);
          }
          // No bucket is empty, and none is larger than its share but by rows of equal value.
          expect(counts.size).toBe(edges.length + 1);
          const most = Math.max(...values.map((v) => values.filter((other) => other === v).length));
          for (const count of counts.values())
            expect(count).toBeLessThan(values.length / buckets + 1 + most);
        },
      ),
    );
  });

  test("scaling: mean 0 and deviation 1 over training, 0 for what is missing or constant", () => {
    const column = (values: number[]) => [
      { rows: Int32Array.from([0, 1, 2]), values: Float64Array.from(values) },
    ];
    const scale = fitScale(column([1, 2, 3, 100]), { kind: "standardise" });
    expect(scale).toEqual({ mean: 2, deviation: Math.sqrt(2 / 3) });
    expect(scaled(NaN, { kind: "standardise" }, scale)).toBe(0);
    const constant = fitScale(column([0.1, 0.1, 0.1, 5]), { kind: "standardise" });
    expect(scaled(5, { kind: "standardise" }, constant)).toBe(0);
    expect(scaled(-3, { kind: "log" }, { mean: 0, deviation: 1 })).toBeCloseTo(-Math.log(4), 12);
  });
});

/** FNV-1a and the finaliser of MurmurHash3 in exact integers. */
function reference(value: string): number {
  let hash = 0x811c9dc5n;
  for (const unit of value.split("").map((character) => character.charCodeAt(0)))
    for (const byte of [unit & 0xff, unit >> 8])
      hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  hash = ((hash ^ (hash >> 16n)) * 0x85ebca6bn) & 0xffffffffn;
  hash = ((hash ^ (hash >> 13n)) * 0xc2b2ae35n) & 0xffffffffn;
  return Number(hash ^ (hash >> 16n));
}

describe("lists in brackets, as a list column of Parquet or JSON is read", () => {
  const bagOf = (separator: string) =>
    splitClient(
      tableOf({
        click: number(Array.from({ length: 40 }, (_, i) => i % 2)),
        tags: text(Array.from({ length: 40 }, (_, i) => (i < 4 ? `[t${i}]` : `[t${i}, t0]`))),
      }),
      {
        client: "de",
        columns: columnsConfig.parse({ label: "click", bags: [{ column: "tags", separator }] }),
        feedback: "explicit",
        split: { kind: "random", valid: 0.2, test: 0.2 },
      },
      3,
    );

  test("are refused where the separator stands in none of them: each would be one value", () =>
    expect(() => bagOf("|")).toThrow(
      'client "de": column "tags" holds lists such as "[t4, t0]", but data.columns.bags takes them apart at "|", which stands in none; set separator: ","',
    ));
  test("are taken apart at commas", () => {
    const { encoder } = encode([bagOf(",")], { minCount: 1 });
    expect(encoder.vocabularies["tags"]![0]).toBe("t0");
  });
});

test("a vector's text is read once, however many entries it has", () => {
  const size = 400;
  const vectors = Array.from({ length: 400 }, (_, i) =>
    Array.from({ length: size }, (_, k) => i + k).join(","),
  );
  const { columns: read } = tableOf({
    emb: text(vectors),
    click: number(vectors.map((_, i) => i % 2)),
  });
  const config = columnsConfig.parse({ label: "click", vectors: [{ column: "emb", size }] });
  let taken = 0;
  const emb = read["emb"] as { values: readonly string[] };
  const watched = new Proxy(emb.values as string[], {
    get: (target, key) => {
      if (typeof key === "string" && /^\d+$/.test(key)) taken += 1;
      return Reflect.get(target, key) as unknown;
    },
  });
  const roles = applyRoles(
    { numRows: 400, columns: { ...read, emb: { ...read["emb"], values: watched } as RawColumn } },
    { client: "de", columns: config, feedback: "explicit", split: { kind: "random" } },
  );
  expect(
    roles.numeric.map(({ column }) => (column.kind === "number" ? column.values[7] : 0)),
  ).toEqual(Array.from({ length: size }, (_, k) => 7 + k));
  expect(taken).toBeLessThan(3 * vectors.length);
});
