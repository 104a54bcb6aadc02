import { describe, expect, test } from "vitest";
import { minimal, problems } from "./problems.fixture.ts";

const told = (entry: string) =>
  problems(minimal.replace("methods: [popularity, local, fedavg]", `methods: [${entry}]`));

describe("heads that do not divide the width", () => {
  test.each(["fedcctr", "centralised-fedcctr", "c2dsr", "tri-cdr", "feddcsr"])("of %s", (kind) => {
    expect(told(`{ kind: ${kind}, width: 64, heads: 3 }`)).toContain(
      "methods.0.heads: 3 heads do not divide the width 64; give 1, 2, 4, 8, 16, 32 or 64, or another width",
    );
    expect(told(`{ kind: ${kind}, width: 64, heads: 4 }`)).toBe("no problem");
  });

  test("of a width that only 1 and itself divide", () =>
    expect(told("{ kind: fedcctr, width: 7 }")).toContain(
      "methods.0.heads: 2 heads do not divide the width 7; give 1 or 7, or another width",
    ));
});

describe("windows and their weights", () => {
  test.each(["fedcctr", "centralised-fedcctr", "c2dsr", "tri-cdr"])("of %s", (kind) =>
    expect(told(`{ kind: ${kind}, request: { recency: 1, windowsDays: [7, 30] } }`)).toContain(
      "methods.0.request.windowWeights: has 3 weights (1, 1, 1) for 2 windows (7, 30 days); give each window a weight",
    ),
  );

  test("of a method that has nothing else", () => {
    expect(told("{ kind: recency, windowWeights: [1] }")).toContain(
      "methods.0.windowWeights: has 1 weight (1) for 3 windows (7, 30, 90 days); give each window a weight",
    );
    expect(told("{ kind: recency, windowsDays: [7], windowWeights: [1] }")).toBe("no problem");
  });

  test("that nothing reads are no problem", () =>
    expect(told("{ kind: fedcctr, request: { windowsDays: [7, 30] } }")).toBe("no problem"));
});
