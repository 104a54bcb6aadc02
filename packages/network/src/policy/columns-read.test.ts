import { expect, test } from "vitest";
import { columnsConfig, wantedColumns } from "@atoll/core/data";
import { columnsRead, readingOf } from "./columns-read.ts";
import { reviewed, shops } from "./job.fixture.ts";

const columns = columnsConfig.parse({
  user: "u",
  item: "i",
  time: "t",
  text: "title",
  weight: "w",
  labels: { click: "clicked", buy: { column: "euros", atLeast: 1 }, like: null },
  categorical: ["segment", { column: "b", name: "brand", of: "item" }],
  numeric: ["price", { column: "age", scale: "quantiles" }],
  bags: [{ column: "tags", length: 3 }],
  sequences: [{ column: "seen", length: 3 }],
  crosses: [{ columns: ["segment", "b"], name: "pair" }],
  timestamps: [{ column: "t", parts: ["hour"] }],
  vectors: [{ column: "embedding", size: 2 }],
  codes: [{ column: "code", levels: 2 }],
});

test("every column that is read is told, with all that it is read as", () => {
  const read = columnsRead(columns);
  expect(Object.fromEntries(read.map(({ name, roles }) => [name, roles.join(", ")]))).toEqual({
    u: "user",
    i: "item",
    t: "time, time for t_hour",
    title: "text",
    w: "weight",
    clicked: "label of click",
    euros: "label of buy",
    segment: "category, part of the cross pair",
    b: "category brand, part of the cross pair",
    price: "number",
    age: "number",
    tags: "bag of values",
    seen: "sequence of values",
    embedding: "vector",
    code: "code",
  });
  expect(read.map(({ name }) => name).toSorted()).toEqual(
    [...new Set(wantedColumns(columns).map(({ name }) => name))].toSorted(),
  );
});

test("of the silo's own clients alone, with the roles that they give themselves", () => {
  const { experiment } = reviewed(
    shops("methods: [local]").replace(
      "de: { path: de.parquet }",
      `de: { query: SELECT * FROM rows, tables: { rows: { path: de.csv } }, columns: { user: kunde } }`,
    ),
  );
  const readings = readingOf(experiment, ["de"]);
  expect(readings).toMatchObject([
    { client: "de", files: ["de.csv"], query: "SELECT * FROM rows" },
  ]);
  const names = readings[0]!.columns.map(({ name }) => name);
  expect(names).toContain("kunde");
  expect(names).not.toContain("customer");
  expect(readingOf(experiment, ["fr"])[0]!.columns.map(({ name }) => name)).toContain("customer");
  expect(readingOf(experiment, ["elsewhere"])).toEqual([]);
});
