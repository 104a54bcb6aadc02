import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtollError, AtollErrors } from "../errors/index.ts";
import { splitClient, type SplitRules } from "./split-client.ts";
import type { RawTable } from "./table.ts";
import {
  explicitRules,
  implicitRules,
  interactions,
  number,
  tableOf,
  text,
} from "./tables.fixture.ts";

/** The raw item of each row of a part. */
function itemsOf(split: ReturnType<typeof splitClient>, rows: Int32Array): string[] {
  const column = split.categorical.find(({ name }) => name === "item")!.column;
  if (column.kind !== "text") throw new Error("items are text");
  return Array.from(rows, (row) => column.values[column.codes[row]!]!);
}

const history = interactions([
  ["ann", "late", 40],
  ["ann", "first", 10],
  ["ann", "second", 20],
  ["ann", "third", 30],
  ["bob", "only", 5],
  ["bob", "also", 6],
  ["cem", "tie-1", 7],
  ["cem", "tie-2", 7],
  ["cem", "tie-3", 7],
]);

describe("leave one out", () => {
  const split = splitClient(history, implicitRules, 1);

  test("the last row by time is test, the one before validation; ties stand in file order", () => {
    expect(itemsOf(split, split.test)).toEqual(["tie-3", "late"]);
    expect(itemsOf(split, split.valid)).toEqual(["tie-2", "third"]);
  });

  test("a user with fewer rows than the minimum only trains, and the report says so", () => {
    expect(itemsOf(split, split.train)).toEqual(["only", "also", "tie-1", "first", "second"]);
    expect(split.notes).toContain("1 of 3 users have fewer than 3 rows: they only train");
  });

  test("counts are those of rows, users and items", () => {
    expect(split.counts).toEqual({ train: 5, valid: 2, test: 2, users: 3, items: 9 });
  });
});

test("the time split cuts all users at once and never parts rows of one instant", () => {
  const table = interactions(
    [1, 2, 3, 4, 5, 6, 7, 8, 8, 10].map((time, i) => [`u${i % 3}`, `i${i}`, time]),
  );
  const split = splitClient(
    table,
    { ...implicitRules, split: { kind: "time", valid: 0.2, test: 0.2 } },
    1,
  );
  // The cut at 80% of ten rows falls on the second row of instant 8: both rows go to the test part.
  expect(itemsOf(split, split.test)).toEqual(["i7", "i8", "i9"]);
  expect(itemsOf(split, split.valid)).toEqual(["i6"]);
  expect(split.train.length).toBe(6);
});

test("properties of every split: the parts are a partition, and candidates are strangers to the user", () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 30 }));
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 40, maxLength: 80 }),
      fc.constantFrom<SplitRules["split"]>(
        { kind: "leave-one-out", minimumRows: 3 },
        { kind: "time", valid: 0.2, test: 0.2 },
        { kind: "random", valid: 0.2, test: 0.2 },
      ),
      fc.integer({ min: 0, max: 99 }),
      (rows, kind, seed) => {
        const table = interactions(
          rows.map(([user, item], time) => [`u${user}`, `i${item}`, time]),
        );
        const negatives = {
          training: { ratio: 2, exclude: "train" as const },
          evaluation: { count: 5 },
        };
        const split = splitClient(table, { ...implicitRules, split: kind, negatives }, seed);
        const all = [...split.train, ...split.valid, ...split.test].toSorted((a, b) => a - b);
        expect(all).toEqual(Array.from(split.label, (_, i) => i));
        const { item, testCandidates } = split.sampling!;
        split.test.forEach((at, list) => {
          const own = new Set(
            Array.from(split.user, (user, i) => (user === split.user[at] ? item[i]! : -1)),
          );
          const drawn = testCandidates.items.subarray(
            testCandidates.offsets[list],
            testCandidates.offsets[list + 1],
          );
          expect(new Set(drawn).size).toBe(drawn.length);
          expect(drawn.length).toBe(
            Math.min(5, split.numItems - (own.size - (own.has(-1) ? 1 : 0))),
          );
          for (const candidate of drawn) expect(own.has(candidate)).toBe(false);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test("with distinct times the order of lines in the file changes no part", () => {
  const rows = Array.from({ length: 30 }, (_, i) => [`u${i % 4}`, `i${i}`, i] as const);
  const parts = (table: RawTable) => {
    const split = splitClient(table, implicitRules, 3);
    return [itemsOf(split, split.train), itemsOf(split, split.valid), itemsOf(split, split.test)];
  };
  const forward = parts(interactions(rows));
  fc.assert(
    fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
      expect(parts(interactions(shuffled))).toEqual(forward);
    }),
    { numRuns: 20 },
  );
});

test("repeated pairs: first keeps the earliest, last the latest, keep all, each with a note", () => {
  const table = interactions([
    ["ann", "x", 1],
    ["ann", "y", 2],
    ["ann", "x", 3],
    ["ann", "z", 4],
    ["ann", "w", 5],
    ["bob", "q", 0],
  ]);
  const order = (duplicates: "first" | "last" | "keep") => {
    const split = splitClient(table, { ...implicitRules, duplicates }, 1);
    return [
      ...itemsOf(split, split.train),
      ...itemsOf(split, split.valid),
      ...itemsOf(split, split.test),
    ].join("");
  };
  expect(order("first")).toBe("qxyzw");
  expect(order("last")).toBe("qyxzw");
  expect(order("keep")).toBe("qxyxzw");
  const notes = (duplicates: "first" | "keep") =>
    splitClient(table, { ...implicitRules, duplicates }, 1).notes;
  expect(notes("first")).toContain(
    "1 of 6 rows repeat a (user, item) pair: only the first of each was kept",
  );
  expect(notes("keep")).toContain(
    "1 of 6 rows repeat a (user, item) pair and were kept: in 0 of 1 test rows the pair is also in training or validation",
  );
});

test("rows below the threshold are not learned from, and their items are never drawn against the user", () => {
  const users = ["ann", "bob", "cem"];
  const rows = users.flatMap((user, u) =>
    Array.from({ length: 7 }, (_, i) => ({
      user,
      item: `i${(i + u) % 8}`,
      stars: i === 0 ? 1 : 5,
      time: i,
    })),
  );
  const table = tableOf({
    who: text(rows.map((row) => row.user)),
    what: text(rows.map((row) => row.item)),
    when: number(rows.map((row) => row.time)),
    stars: number(rows.map((row) => row.stars)),
  });
  const columns = { ...implicitRules.columns, label: { column: "stars", atLeast: 4 } };
  const split = splitClient(table, { ...implicitRules, columns }, 1);
  expect(split.label.length).toBe(18);
  const { excludedItems, excludedOffsets, rowOfItem } = split.sampling!;
  const annExcluded = excludedItems.subarray(excludedOffsets[0], excludedOffsets[1]);
  const names = itemsOf(
    split,
    Int32Array.from(annExcluded, (item) => rowOfItem[item]!),
  );
  // ann's first row, i0 with one star, is excluded beside her four training items.
  expect(names.toSorted()).toEqual(["i0", "i1", "i2", "i3", "i4"]);
});

test("training exclusions hold training items, or all of the user's items, as set", () => {
  const excluded = (exclude: "train" | "all") => {
    const negatives = { training: { ratio: 1, exclude }, evaluation: { count: 3 } };
    const { sampling } = splitClient(history, { ...implicitRules, negatives }, 1);
    const sizes = sampling!.excludedOffsets;
    return Array.from({ length: 3 }, (_, user) => sizes[user + 1]! - sizes[user]!);
  };
  // In time order: bob (2 rows, all training), cem (3, one training), ann (4, two training).
  expect(excluded("train")).toEqual([2, 1, 2]);
  expect(excluded("all")).toEqual([2, 3, 4]);
});

describe("bad input names the client, the value and the way out", () => {
  const clicks = {
    click: number([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]),
    colour: text(Array(10).fill("red")),
    price: number(Array(10).fill(1)),
  };
  const message = (table: RawTable, rules: SplitRules): string => {
    try {
      splitClient(table, rules, 1);
    } catch (error) {
      if (error instanceof AtollError) return `[${error.code}] ${error.message}`;
      if (error instanceof AtollErrors) return error.message;
      throw error;
    }
    return "no error";
  };

  test("no rows", () => {
    expect(
      message(tableOf({ click: number([]), colour: text([]), price: number([]) }), explicitRules),
    ).toMatchInlineSnapshot(
      `"[DATA_EMPTY_FILE] client "de": its file has no rows; give a file with rows or remove the client"`,
    );
  });
  test("columns that are not there, all at once", () => {
    expect(message(tableOf({ clicks: number([1]), color: text(["x"]) }), explicitRules))
      .toMatchInlineSnapshot(`
      "[DATA_MISSING_COLUMN] client "de": no column "colour" for the role categorical; did you mean "color"?; there are: clicks, color
      [DATA_MISSING_COLUMN] client "de": no column "price" for the role numeric; there are: clicks, color
      [DATA_MISSING_COLUMN] client "de": no column "click" for the role label; did you mean "clicks"?; there are: clicks, color"
    `);
  });
  test("labels without a value", () => {
    expect(
      message(
        tableOf({ ...clicks, click: number([0, 1, null, 1, null, 0, 0, 0, 1, 1]) }),
        explicitRules,
      ),
    ).toMatchInlineSnapshot(
      `"[DATA_LABEL_MISSING] client "de": label column "click" has no number in 2 of 10 rows, first in row 3; fill or remove these rows"`,
    );
  });
  test("a label that is neither 0 nor 1", () => {
    expect(
      message(tableOf({ ...clicks, click: number([0, 1, 5, 1, 0, 0, 0, 0, 1, 1]) }), explicitRules),
    ).toMatchInlineSnapshot(
      `"[DATA_LABEL_VALUE] client "de": label column "click" is neither 0 nor 1 in 1 of 10 rows, first 5 in row 3; give 0 and 1, or a threshold: data.columns.label: { column: click, atLeast: ... }"`,
    );
  });
  test("labels of one class", () => {
    expect(message(tableOf({ ...clicks, click: number(Array(10).fill(1)) }), explicitRules))
      .toMatchInlineSnapshot(`
      "[DATA_ONE_CLASS] client "de": the 6 training rows have 6 positive and 0 negative labels (column "click"); a model and its AUC need both classes: check the label column, give more rows, or remove the client
      [DATA_ONE_CLASS] client "de": the 2 validation rows have 2 positive and 0 negative labels (column "click"); a model and its AUC need both classes: check the label column, give more rows, or remove the client
      [DATA_ONE_CLASS] client "de": the 2 test rows have 2 positive and 0 negative labels (column "click"); a model and its AUC need both classes: check the label column, give more rows, or remove the client"
    `);
  });
  test("an empty id", () => {
    expect(
      message(
        tableOf({
          ...interactions([
            ["a", "x", 1],
            ["b", "y", 2],
          ]).columns,
          who: text(["a", null]),
        }),
        implicitRules,
      ),
    ).toMatchInlineSnapshot(
      `"[DATA_MISSING_ID] client "de": column "who" (role user) is empty in 1 of 2 rows, first in row 2; fill or remove these rows"`,
    );
  });
  test("an empty time", () => {
    expect(
      message(
        tableOf({
          ...interactions([
            ["a", "x", 1],
            ["b", "y", 2],
          ]).columns,
          when: number([null, 1]),
        }),
        implicitRules,
      ),
    ).toMatchInlineSnapshot(
      `"[DATA_MISSING_TIME] client "de": column "when" (role time) has no time in 1 of 2 rows, first in row 1; fill or remove these rows"`,
    );
  });
  test("no test rows", () => {
    expect(
      message(
        interactions([
          ["a", "x", 1],
          ["b", "y", 2],
        ]),
        implicitRules,
      ),
    ).toMatchInlineSnapshot(`
      "[DATA_EMPTY_SPLIT] client "de": split leave-one-out leaves no validation rows of 2; lower split.minimumRows, give users with more rows, or remove the client
      [DATA_EMPTY_SPLIT] client "de": split leave-one-out leaves no test rows of 2; lower split.minimumRows, give users with more rows, or remove the client"
    `);
  });
  test("leave-one-out without a time column", () => {
    const { time: _, ...columns } = implicitRules.columns;
    expect(message(history, { ...implicitRules, columns })).toMatchInlineSnapshot(
      `"[DATA_NEEDS_TIME] client "de": split leave-one-out takes each user's last rows, but no column has the role time; name one in data.columns.time or set split.kind to random"`,
    );
  });
  test("implicit feedback without an item column", () => {
    const { item: _, ...columns } = implicitRules.columns;
    expect(message(history, { ...implicitRules, columns })).toMatchInlineSnapshot(
      `"[DATA_NEEDS_IDS] client "de": implicit feedback samples items that a user did not choose, but no column has the role item; name it in data.columns"`,
    );
  });
});

test("ids with quotes, separators, unicode and odd spaces stay apart", () => {
  const odd = ['"', "'", "ä", "a\u0308", " x", "x", "x ", "\n", "日本", "__proto__"];
  const rows = odd.flatMap((user, u) =>
    [0, 1, 2].map((i) => [user, odd[(u + i) % odd.length]!, u * 3 + i] as const),
  );
  const split = splitClient(interactions(rows), implicitRules, 1);
  expect(split.counts).toMatchObject({ users: odd.length, items: odd.length, test: odd.length });
});

test("a frozen split: old runs stay reproducible", () => {
  const table = tableOf({
    click: number(Array.from({ length: 12 }, (_, i) => i % 2)),
    colour: text(Array(12).fill("red")),
    price: number(Array(12).fill(1)),
  });
  const { test: testRows, valid } = splitClient(table, explicitRules, 7);
  expect([[...testRows], [...valid]]).toMatchInlineSnapshot(`
    [
      [
        6,
        7,
      ],
      [
        8,
        9,
      ],
    ]
  `);
});

describe("every kind of split", () => {
  const rows = Array.from({ length: 60 }, (_, i) => [`u${i % 6}`, `i${i}`, i] as const);
  const marked = (some: readonly (typeof rows)[number][]): RawTable => {
    const table = interactions(some);
    const part = text(
      some.map(([, , time]) => (time % 5 === 0 ? "test" : time % 7 === 0 ? "valid" : "train")),
    );
    return { ...table, columns: { ...table.columns, part } };
  };
  const kinds: SplitRules["split"][] = [
    { kind: "leave-one-out" },
    { kind: "time" },
    { kind: "random" },
    { kind: "per-user-ratio" },
    { kind: "per-user-ratio", order: "random" },
    { kind: "given", column: "part" },
    { kind: "k-fold" },
    { kind: "k-fold", by: "user" },
  ];
  const parts = (table: RawTable, split: SplitRules["split"], seed: number) => {
    const made = splitClient(
      table,
      { ...implicitRules, split, negatives: { evaluation: { count: 3 } } },
      seed,
    );
    return [made.train, made.valid, made.test].map((part) => itemsOf(made, part));
  };

  test.each(kinds)(
    "$kind: with distinct times the order of lines in the file changes no part",
    (kind) => {
      const forward = parts(marked(rows), kind, 3);
      expect(forward.flat().toSorted()).toEqual(rows.map(([, item]) => item).toSorted());
      for (const part of forward) expect(part.length).toBeGreaterThan(0);
      fc.assert(
        fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
          expect(parts(marked(shuffled), kind, 3)).toEqual(forward);
        }),
        { numRuns: 5 },
      );
    },
  );

  test("given parts are those of the file", () => {
    const [, valid, test_] = parts(marked(rows), { kind: "given", column: "part" }, 1);
    expect(test_).toEqual(rows.filter(([, , t]) => t % 5 === 0).map(([, item]) => item));
    expect(valid).toEqual(
      rows.filter(([, , t]) => t % 5 !== 0 && t % 7 === 0).map(([, item]) => item),
    );
  });

  test("seeds 0 to 4 of a five-fold split test every row once", () => {
    const tested = [0, 1, 2, 3, 4].flatMap(
      (seed) => parts(marked(rows), { kind: "k-fold" }, seed)[2]!,
    );
    expect(tested.toSorted()).toEqual(rows.map(([, item]) => item).toSorted());
  });
});
