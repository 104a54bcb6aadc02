import { expect, test } from "vitest";
import { AtollError, AtollErrors } from "../errors/index.ts";
import { columnsConfig } from "./config.ts";
import { splitClient, type SplitRules } from "./split-client.ts";
import { explicitRules, implicitRules, number, tableOf, text } from "./tables.fixture.ts";

const labelled = {
  click: number([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]),
  colour: text(Array(10).fill("red")),
  price: number([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
};

function problemsOf(columns: Parameters<typeof tableOf>[0], rules: SplitRules): string[] {
  try {
    splitClient(tableOf(columns), rules, 1);
  } catch (error) {
    const errors = error instanceof AtollErrors ? error.errors : [error];
    return errors.map((each) => {
      if (!(each instanceof AtollError)) throw each;
      return `${each.code}: ${each.message}`;
    });
  }
  return [];
}

const withColumns = (columns: object): SplitRules => ({
  ...explicitRules,
  columns: columnsConfig.parse(columns),
});

test("problems of several kinds are told at once, each naming the client", () => {
  const problems = problemsOf(
    {
      ...labelled,
      click: number([0, 1, 2, 1, null, 1, 0, 1, 0, 1]),
      price: number([1, Infinity, 3, null, 5, 6, 7, 8, -Infinity, 10]),
      who: text(["a", "b", null, null, "a", "b", "a", "b", "a", "b"]),
    },
    withColumns({ user: "who", label: "click", categorical: ["colour"], numeric: ["price"] }),
  );
  expect(problems).toMatchInlineSnapshot(`
    [
      "DATA_LABEL_MISSING: client "de": label column "click" has no number in 1 of 10 rows, first in row 5; fill or remove these rows",
      "DATA_LABEL_VALUE: client "de": label column "click" is neither 0 nor 1 in 1 of 10 rows, first 2 in row 3; give 0 and 1, or a threshold: data.columns.label: { column: click, atLeast: ... }",
      "DATA_MISSING_ID: client "de": column "who" (role user) is empty in 2 of 10 rows, first in row 3; fill or remove these rows",
      "DATA_NOT_FINITE: client "de": numeric column "price" is infinite in 2 of 10 rows, first in row 2; clip these values or leave them empty",
    ]
  `);
});

test("one problem is thrown as itself, not as a list of one", () => {
  const table = tableOf({ ...labelled, price: number(Array(10).fill(Infinity)) });
  expect(() => splitClient(table, explicitRules, 1)).toThrow(AtollError);
});

test("a column of the wrong type is named with both types", () => {
  expect(problemsOf({ ...labelled, colour: number(Array(10).fill(1)) }, explicitRules))
    .toMatchInlineSnapshot(`
    [
      "DATA_COLUMN_TYPE: client "de": column "colour" holds number values, the role categorical needs text values; name another column, or have the file read it as text",
    ]
  `);
});

test("features that would give the label away, or have one name, are refused", () => {
  const problems = problemsOf(
    { ...labelled, user: text(Array(10).fill("x")) },
    withColumns({
      user: "colour",
      label: "click",
      categorical: ["user"],
      numeric: ["click", "price", "price"],
    }),
  );
  expect(problems).toMatchInlineSnapshot(`
    [
      "DATA_ROLE_CONFLICT: client "de": data.columns.categorical names a feature "user", but that name belongs to the user id, column "colour"; list it once, or give it another name",
      "DATA_ROLE_CONFLICT: client "de": column "click" is the label and a numeric feature at once, so a model would read the answer; remove it from data.columns.numeric",
      "DATA_ROLE_CONFLICT: client "de": data.columns.numeric names a feature "price", but that name belongs to a numeric column; list it once, or give it another name",
    ]
  `);
});

test("explicit feedback without a label column says so", () => {
  expect(problemsOf(labelled, withColumns({ numeric: ["price"] }))).toMatchInlineSnapshot(`
    [
      "DATA_NEEDS_LABEL: client "de": explicit feedback learns from labels 0 and 1, but no column has the role label; name one in data.columns.label, or set data.feedback to implicit if every row is a positive",
    ]
  `);
});

test("splits and duplicate rules name the roles they miss", () => {
  const rules = withColumns({ label: "click" });
  expect(
    problemsOf(labelled, {
      ...rules,
      split: { kind: "leave-one-out", minimumRows: 3 },
      duplicates: "first",
    }),
  ).toMatchInlineSnapshot(`
    [
      "DATA_NEEDS_IDS: client "de": duplicates: first keeps one row of each (user, item) pair, but no column has the role user, nor the role item; name it in data.columns",
      "DATA_NEEDS_IDS: client "de": split leave-one-out holds out each user's last rows, but no column has the role user; name it in data.columns",
      "DATA_NEEDS_TIME: client "de": split leave-one-out takes each user's last rows, but no column has the role time; name one in data.columns.time or set split.kind to random",
    ]
  `);
  expect(problemsOf(labelled, { ...rules, split: { kind: "time", valid: 0.1, test: 0.1 } }))
    .toMatchInlineSnapshot(`
    [
      "DATA_NEEDS_TIME: client "de": split time cuts by time, but no column has the role time; name one in data.columns.time or set split.kind to random",
    ]
  `);
});

test("a time that nothing depends on may be missing: rows stand in file order, with a note", () => {
  const rules = withColumns({ time: "when", label: "click", numeric: ["price"] });
  const table = tableOf({ ...labelled, when: number([9, 8, null, 6, 5, 4, 3, 2, 1, 0]) });
  // Seed 4 leaves both classes in each part.
  const split = splitClient(
    table,
    { ...rules, split: { kind: "random", valid: 0.4, test: 0.3 } },
    4,
  );
  expect(split.numeric[0]!.column).toEqual(labelled.price);
  expect(split.notes).toEqual([
    "1 of 10 rows have no time; nothing here depends on it, so rows are taken in file order",
  ]);
});

test("a client whose users know every item has nothing to rank", () => {
  const table = {
    who: text(["a", "a", "a", "a"]),
    what: text(["x", "y", "z", "w"]),
    when: number([1, 2, 3, 4]),
  };
  expect(problemsOf(table, implicitRules)).toMatchInlineSnapshot(`
    [
      "DATA_NO_CANDIDATES: client "de": every user of a validation row knows all of the client's 4 items, so nothing is left to rank a positive against; give more items or remove the client",
    ]
  `);
});

test("no row above the threshold leaves nothing to learn", () => {
  const table = {
    who: text(["a", "a"]),
    what: text(["x", "y"]),
    when: number([1, 2]),
    stars: number([3, 2]),
  };
  const columns = columnsConfig.parse({
    ...implicitRules.columns,
    label: { column: "stars", atLeast: 4 },
  });
  expect(problemsOf(table, { ...implicitRules, columns })).toMatchInlineSnapshot(`
    [
      "DATA_EMPTY_SPLIT: client "de": none of 2 rows is positive; lower data.columns.label.atLeast or remove the client",
    ]
  `);
});

test("splits that hold out users' rows, or keep users together, need users; label rates need labels", () => {
  const kinds: SplitRules["split"][] = [
    { kind: "per-user-ratio", order: "random" },
    { kind: "per-user-ratio" },
    { kind: "k-fold", by: "user" },
  ];
  const problems = kinds.flatMap((split) => problemsOf(labelled, { ...explicitRules, split }));
  expect(problems).toMatchInlineSnapshot(`
    [
      "DATA_NEEDS_IDS: client "de": split per-user-ratio holds out a share of each user's rows, but no column has the role user; name it in data.columns",
      "DATA_NEEDS_IDS: client "de": split per-user-ratio holds out a share of each user's rows, but no column has the role user; name it in data.columns",
      "DATA_NEEDS_TIME: client "de": split per-user-ratio takes each user's last rows, but no column has the role time; name one in data.columns.time or set split.order to random",
      "DATA_NEEDS_IDS: client "de": split k-fold by user keeps the rows of a user together, but no column has the role user; name it in data.columns",
    ]
  `);
  const implicit = { ...implicitRules, split: { kind: "random" as const, stratify: true } };
  expect(
    problemsOf({ who: text(["a", "b"]), what: text(["x", "y"]), when: number([1, 2]) }, implicit),
  ).toMatchInlineSnapshot(`
    [
      "DATA_NEEDS_LABEL: client "de": split.stratify gives all parts the same label rate, but implicit feedback keeps positive rows only; remove it, or set data.feedback to explicit",
    ]
  `);
});

test("a history needs to know when: rows without a time are refused, whatever the split", () => {
  const table = {
    ...labelled,
    who: text(["a", "b", "a", "b", "a", "b", "a", "b", "a", "b"]),
    what: text(["x", "y", "x", "y", "x", "y", "x", "y", "x", "z"]),
    when: number([1, 2, null, 4, 5, 6, 7, 8, 9, 10]),
  };
  const roles = { user: "who", item: "what", label: "click", history: { length: 3 } };
  expect(problemsOf(table, withColumns({ ...roles, time: "when" }))).toEqual([
    'DATA_MISSING_TIME: client "de": column "when" (role time) has no time in 1 of 10 rows, first in row 3; fill or remove these rows',
  ]);
  const part = text([
    "train",
    "train",
    "train",
    "train",
    "valid",
    "valid",
    "test",
    "test",
    "train",
    "train",
  ]);
  const { notes } = splitClient(
    tableOf({ ...table, part }),
    { ...withColumns(roles), split: { kind: "given", column: "part" } },
    1,
  );
  expect(notes).toContain("no column has the role time: histories follow the order of the file");
});

test("infinite numbers are refused where they fall into buckets, too", () => {
  const rules = withColumns({ label: "click", numeric: [{ column: "price", scale: "quantiles" }] });
  const price = number([1, 2, 3, 4, 5, 6, 7, 8, -Infinity, 10]);
  expect(problemsOf({ ...labelled, price }, rules)).toEqual([
    'DATA_NOT_FINITE: client "de": numeric column "price" is infinite in 1 of 10 rows, first in row 9; clip these values or leave them empty',
  ]);
});

test("implicit feedback has one label, and a list of labels is not empty", () => {
  const table = {
    who: text(["a", "b", "a"]),
    what: text(["x", "y", "z"]),
    when: number([1, 2, 3]),
    click: number([1, 1, 1]),
    buy: number([1, 0, null]),
  };
  const columnsWith = (labels: object) =>
    columnsConfig.parse({ user: "who", item: "what", time: "when", labels });
  const two = columnsWith({ click: "click", buy: "buy" });
  expect(problemsOf(table, { ...implicitRules, columns: two })).toEqual([
    'DATA_ROLE_CONFLICT: client "de": implicit feedback knows positives alone, but data.columns.labels names 2 labels (click, buy); keep one as data.columns.label, or set data.feedback to explicit',
  ]);
  expect(problemsOf(table, { ...implicitRules, columns: columnsWith({}) })).toEqual([
    'DATA_ROLE_CONFLICT: client "de": data.columns.labels names no label; name one, or use data.columns.label',
  ]);
});
