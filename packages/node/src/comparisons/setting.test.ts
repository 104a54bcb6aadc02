import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combinations, joinSettings, nameWith, parseSettings, valueText } from "./setting.ts";

describe("--set", () => {
  test("one value overrides, several are a grid; commas within brackets and quotes belong to a value", () => {
    const { overrides, grid } = parseSettings([
      "model.width=8",
      "training.optimiser.learningRate=0.01, 0.1",
      "model.hidden=[8],[16, 8]",
      "model.hiddens=[1, 2]",
      'data.clients.de.path="a,b.csv"',
      "training.optimiser={ kind: adam, learningRate: 0.1 },{ kind: sgd }",
    ]);
    expect(overrides.map(({ text, value }) => [text, value])).toEqual([
      ["--set model.width=8", 8],
      ["--set model.hiddens=[1, 2]", [1, 2]],
      ['--set data.clients.de.path="a,b.csv"', "a,b.csv"],
    ]);
    expect(grid).toEqual([
      { name: "training.optimiser.learningRate", values: [0.01, 0.1] },
      { name: "model.hidden", values: [[8], [16, 8]] },
      {
        name: "training.optimiser",
        values: [{ kind: "adam", learningRate: 0.1 }, { kind: "sgd" }],
      },
    ]);
  });

  test("equal values stand once, however they are written", () => {
    const { grid } = parseSettings(["training.batchSize=64,64,6.4e1,32"]);
    expect(grid).toEqual([{ name: "training.batchSize", values: [64, 32] }]);
  });

  test("a setting of which there are several values already is one of them, even with one", () => {
    const { overrides, grid } = parseSettings(["a.b=1", "a.c=2"], {
      several: (name) => name === "a.b",
    });
    expect(grid).toEqual([{ name: "a.b", values: [1] }]);
    expect(overrides).toHaveLength(1);
  });

  test("all that is wrong is said at once", () => {
    expect(() => parseSettings(["nothing", "a.b=1,2", "a.b=3,4"])).toThrow(
      /--set nothing {2}is not of the form path\.to\.setting=value\n--set a\.b=3,4 {2}a\.b is set twice/,
    );
  });
});

test("values as names show them", () => {
  expect(valueText([16, 8])).toBe("[16, 8]");
  expect(valueText({ kind: "fm", width: 8 })).toBe("{ kind: fm, width: 8 }");
  expect(nameWith("fedavg", { "model.width": 8, "training.batchSize": 32 })).toBe(
    "fedavg [model.width=8, training.batchSize=32]",
  );
  expect(nameWith("fedavg", {})).toBe("fedavg");
});

const grids = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a.b", "a.c", "d", "e.f.g"),
    values: fc.uniqueArray(fc.oneof(fc.integer(), fc.boolean(), fc.constantFrom("x", "y")), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  { selector: ({ name }) => name },
);

describe("combinations", () => {
  test("are the whole product, each once, the last setting fastest, with names of their own", () => {
    fc.assert(
      fc.property(grids, (grid) => {
        const all = combinations(grid);
        expect(all).toHaveLength(grid.reduce((product, { values }) => product * values.length, 1));
        expect(new Set(all.map((own) => nameWith("m", own))).size).toBe(all.length);
        // Read as digits, they count up.
        const places = all.map((own) =>
          grid.reduce(
            (sum, { name, values }) => sum * values.length + values.indexOf(own[name] as never),
            0,
          ),
        );
        expect(places).toEqual(all.map((_, i) => i));
      }),
    );
  });

  test("joining settings keeps what was there, in its place, and joining again changes nothing", () => {
    fc.assert(
      fc.property(grids, grids, (first, second) => {
        const joined = joinSettings(first, second);
        expect(joinSettings(joined, second)).toEqual(joined);
        for (const { name, values } of first)
          expect(joined.find((own) => own.name === name)!.values.slice(0, values.length)).toEqual(
            values,
          );
      }),
    );
  });
});
