import { describe, expect, test } from "vitest";
import { columnsConfig, type ColumnsConfig } from "./config.ts";
import { wantedColumns } from "./features/wanted-columns.ts";
import { evidenceOfLabels, unlearnableLabels } from "./known-labels.ts";
import type { SplitClient } from "./prepare-types.ts";
import { columnProblems } from "./requirements.ts";
import { splitClient } from "./split-client.ts";
import { number, tableOf, text } from "./tables.fixture.ts";
import type { RawColumn } from "./table.ts";

const LABELS = { click: "click", sale: "sale", back: "back" };

function splitOf(
  further: Readonly<Record<string, RawColumn>>,
  labels: ColumnsConfig["labels"] = LABELS,
): SplitClient {
  const rows = Array.from({ length: 20 }, (_, i) => i);
  return splitClient(
    tableOf({
      colour: text(rows.map((i) => `c${i % 4}`)),
      click: number(rows.map((i) => i % 2)),
      part: text(rows.map((i) => (i < 12 ? "train" : i < 16 ? "valid" : "test"))),
      ...further,
    }),
    {
      client: "de",
      columns: columnsConfig.parse({ labels, categorical: ["colour"] }),
      feedback: "explicit",
      split: { kind: "given", column: "part" },
    },
    1,
  );
}

/** 1 at some rows, 0 at others, unknown from row `until` on. */
const sales = (at: readonly number[], until = 20) =>
  number(Array.from({ length: 20 }, (_, i) => (i >= until ? null : at.includes(i) ? 1 : 0)));

describe("labels that a client may lack", () => {
  test("are unknown in every row, whether the column is missing or null, and are said in notes", () => {
    const { furtherLabels, tasks, notes } = splitOf(
      { sale: sales([3]) },
      { ...LABELS, sale: null },
    );
    expect(tasks).toEqual(["click", "sale", "back"]);
    for (const label of furtherLabels) expect([...label]).toEqual(Array<number>(20).fill(-1));
    expect(notes).toEqual([
      "the label sale is unknown in all rows: its column is null here; nothing is learned or measured of it",
      'the label back is unknown in all rows: there is no column "back"; nothing is learned or measured of it',
    ]);
  });

  test("are read where they are there, and the first must be", () => {
    const columns = columnsConfig.parse({ labels: { ...LABELS, back: null } });
    expect(wantedColumns(columns)).toEqual([
      { name: "click", as: "number" },
      { name: "sale", as: "number", optional: true },
    ]);
    const rules = {
      client: "de",
      columns,
      feedback: "explicit",
      split: { kind: "random" },
    } as const;
    expect(columnProblems(rules)).toEqual([]);
    const labels = { click: null, sale: "sale" };
    expect(columnProblems({ ...rules, columns: { ...columns, labels } })[0]!.message).toBe(
      'client "de": data.columns.labels.click is null, but the first label decides where one must and has to be known; name its column, or put a label first that every client knows',
    );
    const missing = () => splitOf({}, { sale: "sale", click: "click" });
    expect(missing).toThrow('client "de": no column "sale" for the role label of sale');
  });

  test("of the wrong type are an error, not missing", () =>
    expect(() => splitOf({ sale: text(Array<string>(20).fill("1")) })).toThrow(
      'column "sale" holds text values, the role label of sale needs number values',
    ));
});

describe("what all clients together know of a label", () => {
  const some = splitOf({ sale: sales([2, 5, 13], 8), back: sales([]) });
  const none = splitOf({});

  test("counts training rows alone", () => {
    // Rows 0 to 11 are training rows, of which every other one was clicked; row 13 is not one.
    expect(evidenceOfLabels([some, none])).toEqual([
      { known: 24, positives: 12 },
      { known: 8, positives: 2 },
      { known: 12, positives: 0 },
    ]);
  });

  test("is too little where nobody knows it, and of one class where it is learned alone", () => {
    expect(unlearnableLabels([some, none], [])).toEqual([]);
    expect(unlearnableLabels([none], []).map(({ message }) => message)).toEqual([
      'no client knows the label "sale" in any training row; check the column that data.columns.labels.sale names, or remove the label',
      'no client knows the label "back" in any training row; check the column that data.columns.labels.back names, or remove the label',
    ]);
    expect(unlearnableLabels([some, none], ["sale"])).toEqual([]);
    expect(unlearnableLabels([none, some], ["sale", "back"])).toMatchObject([
      { code: "DATA_ONE_CLASS" },
    ]);
  });

  test("is no question where clients have labels of their own", () =>
    expect(unlearnableLabels([splitOf({}, { click: "click" }), none], [])).toEqual([]));
});
