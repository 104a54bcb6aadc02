import { describe, expect, test } from "vitest";
import { splitClient, type SplitRules } from "./split-client.ts";
import { implicitRules, interactions, number, tableOf, text } from "./tables.fixture.ts";

/** Users a, b, c with rows in time order; the last of each is test, the one before validation. */
const rows = [
  ["a", "x", 5, "y z"],
  ["a", "y", 1, ""],
  ["a", "w", 5, "q  x"],
  ["b", "x", 5, "nothing z"],
  ["b", "q", 2, null],
  ["b", "z", 5, "x"],
  ["c", "x", 5, "x"],
  ["a", "u", 5, "x"],
  ["a", "v", 5, "x"],
  ["b", "y", 5, "x"],
  ["b", "w", 5, "x"],
  ["c", "q", 1, "x"],
  ["c", "w", 1, "x"],
] as const;
const table = tableOf({
  who: text(rows.map(([who]) => who)),
  what: text(rows.map(([, what]) => what)),
  when: number(rows.map((_, i) => i)),
  stars: number(rows.map(([, , stars]) => stars)),
  shown: text(rows.map(([, , , shown]) => shown)),
});
const rules: SplitRules = {
  ...implicitRules,
  columns: { ...implicitRules.columns, label: { column: "stars", atLeast: 4 } },
};
const withSampler = (
  sampler: NonNullable<NonNullable<SplitRules["negatives"]>["training"]>["sampler"],
  exclude: "train" | "all" = "train",
) =>
  splitClient(
    table,
    {
      ...rules,
      negatives: { training: { ratio: 2, sampler, exclude }, evaluation: { count: 2 } },
    },
    1,
  );
/** Positives in time order: a x, a w, b x, b z, c x, a u, a v, b y, b w. */
const items = ["x", "w", "z", "u", "v", "y"];
/** Names of item indices. */
function named(split: ReturnType<typeof splitClient>, indices: Int32Array): string[] {
  const column = split.categorical.find(({ name }) => name === "item")!.column;
  if (column.kind !== "text") throw new Error("items are text");
  const { rowOfItem } = split.sampling!;
  return Array.from(indices, (item) => column.values[column.codes[rowOfItem[item]!]!]!);
}

describe("popularity", () => {
  test("weights are training rows to the power alpha; items without training rows have none", () => {
    const split = withSampler({ kind: "popularity", alpha: 0.5 });
    const draw = split.sampling!.draw!;
    if (draw.kind !== "weighted") throw new Error("weighted is expected");
    // Training rows: a x, a w, b x, b z, c x.
    expect(named(split, Int32Array.from(draw.weights.keys()))).toEqual(items);
    expect([...draw.weights]).toEqual([Math.sqrt(3), 1, 1, 0, 0, 0]);
    // a excludes x, w (and the disliked y), b x and z, c x (and the disliked w): z, w and z are left.
    expect([...draw.numFree]).toEqual([1, 1, 1]);
  });

  test("the bare name means alpha 3/4, in-batch the training rows themselves", () => {
    const weights = (sampler: "popularity" | "in-batch") => {
      const draw = withSampler(sampler).sampling!.draw!;
      return draw.kind === "weighted" ? draw.weights[0] : undefined;
    };
    expect(weights("popularity")).toBeCloseTo(3 ** 0.75, 12);
    expect(weights("in-batch")).toBe(3);
  });

  test("uniform needs nothing", () => {
    expect(withSampler("uniform").sampling!.draw).toBeUndefined();
    expect(withSampler({ kind: "uniform" }).sampling!.draw).toBeUndefined();
  });
});

describe("given", () => {
  const lists = (split: ReturnType<typeof splitClient>) => {
    const draw = split.sampling!.draw!;
    if (draw.kind !== "given") throw new Error("given is expected");
    return Array.from(draw.listOfRow, (list) =>
      named(split, draw.items.subarray(draw.offsets[list], draw.offsets[list + 1])).toSorted(),
    );
  };

  test("rows below the threshold are negatives of their user, where the item has a positive somewhere", () => {
    const split = withSampler("given");
    // a disliked y; b and c disliked q, which nobody likes; c disliked w.
    expect(lists(split)).toEqual([["y"], ["y"], [], [], ["w"]]);
    expect(split.notes).toContain("2 of 5 training rows get no negatives: the data give none");
  });

  test("a column lists them row by row; the user's own and unknown items are left out and counted", () => {
    const split = withSampler({ kind: "given", column: "shown" });
    // a w was shown with q (no positive row) and x (a's own), b x with "nothing" and z (b's own).
    expect(lists(split)).toEqual([["y", "z"], [], [], [], []]);
    expect(split.notes).toContain(
      'of the negatives that column "shown" lists for training rows, 2 are items without a positive row and 4 the user\'s own items: neither is used',
    );
  });

  test("with exclude all, items that the user has later are left out, too", () => {
    const later = interactions([
      ["a", "x", 1],
      ["b", "y", 2],
      ["b", "z", 3],
      ["a", "y", 4],
      ["a", "w", 5],
    ]);
    const shown = text(["y z", "x", "x", "x", "x"]);
    const of = (exclude: "train" | "all") =>
      lists(
        splitClient(
          { ...later, columns: { ...later.columns, shown } },
          {
            ...implicitRules,
            negatives: {
              training: { exclude, sampler: { kind: "given", column: "shown" } },
              evaluation: { count: 1 },
            },
          },
          1,
        ),
      )[0];
    expect(of("train")).toEqual(["y", "z"]);
    expect(of("all")).toEqual(["z"]);
  });

  test("no negatives at all, a missing column: said with the way out", () => {
    const message =
      (sampler: Parameters<typeof withSampler>[0], given = table) =>
      () =>
        splitClient(
          given,
          { ...implicitRules, negatives: { training: { sampler }, evaluation: { count: 1 } } },
          1,
        );
    expect(message("given")).toThrowErrorMatchingInlineSnapshot(
      `[AtollError: client "de": negatives.training.sampler given takes a user's rows below the label's threshold, and no user has one; give data.columns.label with atLeast, name a column with sampler: { kind: given, column: ... }, or choose another sampler]`,
    );
    expect(message({ kind: "given", column: "showm" })).toThrowErrorMatchingInlineSnapshot(
      `[AtollError: client "de": no column "showm" for negatives.training.sampler.column; did you mean "shown"?; there are: who, what, when, stars, shown]`,
    );
    expect(message({ kind: "given", column: "stars" })).toThrowErrorMatchingInlineSnapshot(
      `[AtollError: client "de": column "stars" holds number values, negatives.training.sampler.column needs text values; name another column, or have the file read it as text]`,
    );
    expect(
      message({ kind: "given", column: "shown", separator: "|" }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[AtollError: client "de": column "shown" lists no item that could be a negative of a training row (3 ids are no item of a positive row, 2 are the user's own); check negatives.training.sampler.separator ("|") and the column, or choose another sampler]`,
    );
  });
});

describe("evaluation", () => {
  const candidates = (evaluation: NonNullable<SplitRules["negatives"]>["evaluation"]) => {
    const split = splitClient(table, { ...rules, negatives: { evaluation } }, 1);
    const { offsets, items: drawn } = split.sampling!.testCandidates;
    return split.counts.test === 2
      ? [0, 1].map((list) =>
          named(split, drawn.subarray(offsets[list], offsets[list + 1])).toSorted(),
        )
      : [];
  };

  test("all ranks what the user never had; exclude train adds other held-out items, none the history", () => {
    // Test rows: a v and b w. a has x w u v and disliked y; b has x z y w.
    expect(candidates({ count: "all" })).toEqual([["z"], ["u", "v"]]);
    expect(candidates({ count: "all", exclude: "train" })).toEqual([
      ["u", "z"],
      ["u", "v", "y"],
    ]);
    expect(candidates({ count: "all", exclude: "none" })).toEqual([
      ["u", "w", "x", "y", "z"],
      ["u", "v", "x", "y", "z"],
    ]);
  });

  test("popular candidates are those with training rows", () => {
    expect(candidates({ count: 5, sampler: "popularity", exclude: "none" })).toEqual([
      ["w", "x", "z"],
      ["x", "z"],
    ]);
  });

  test("with replacement a list has as many as asked for, however few there are", () => {
    const [first] = candidates({ count: 4, distinct: false });
    expect(first).toEqual(["z", "z", "z", "z"]);
  });
});
