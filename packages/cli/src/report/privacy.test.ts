import { describe, expect, test } from "vitest";
import { privateResult } from "./privacy.fixture.ts";
import { utilityOf } from "./privacy/utility.ts";
import { renderUtility } from "./privacy/utility-page.ts";
import { textOf } from "./page.fixture.ts";
import { renderReport } from "./render.ts";
import { linesOf, resultOf } from "./result.fixture.ts";

const page = (result = privateResult()) =>
  renderReport({ result, lines: [], environment: {}, messages: [] });

describe("what the numbers promise", () => {
  const text = textOf(page());
  const section = text.slice(text.indexOf("Epsilon bounds what anybody can find out"));

  test("has each account's epsilon, amplified or not, rounded up", () => {
    expect(section).toContain("Account Epsilon Not amplified Releases");
    expect(section).toContain("de 0.5 15 20 jp 1 30 20");
    expect(section).toContain("de 10 300 20 jp 4 120 20");
  });

  test("has the words and what is not covered, escaped, of each method", () => {
    expect(section.match(/What is protected is one row\./g)).toHaveLength(2);
    expect(section).toContain("What this means, for jp");
    expect(page()).toContain("Metrics: they are &lt;exact&gt; numbers.");
    expect(section).toContain(
      "Unit example, added or removed Delta 0.00001 Accountant rdp Cap 12 Released: the model after 1 pass (stage train, 20 times).",
    );
  });

  test("has a curve of the account that promises least, with its cap", () => {
    const chart = page().split("Epsilon of de by round")[1]!.split("</svg>")[0]!;
    expect(chart.match(/<polyline/g)).toHaveLength(2);
    expect(chart).toContain("cap 12");
    const points = /points="([^"]+)"/.exec(chart)![1]!.split(" ");
    expect(points).toHaveLength(20);
  });

  test("stands only where something is promised; learning curves may be absent", () => {
    const none = renderReport({
      result: resultOf(["de"], {}),
      lines: linesOf(["de"]),
      environment: {},
      messages: [],
    });
    expect(none).not.toContain('id="privacy"');
    expect(page()).toContain('id="privacy"');
    expect(page()).not.toContain('id="learning"');
  });

  test("no release has no curve, and infinity is said to be none", () => {
    const result = privateResult();
    const { privacy, ...strong } = result.methods["strong"]!;
    const account = { epsilon: "infinity" as const, releases: 0, byRound: [] };
    const methods = { strong: { ...strong, privacy: { ...privacy!, accounts: { jp: account } } } };
    const own = textOf(page({ ...result, methods, comparisons: [] }));
    expect(own).toContain("jp infinity 0");
    expect(own).not.toContain("Epsilon by round");
  });
});

describe("utility against epsilon", () => {
  test("joins what differs in its promise alone, with the same without one and the baselines", () =>
    expect(
      utilityOf([{ name: "", result: privateResult() }]).map(({ name, points }) => [
        name,
        points.map(({ name: own, epsilon, value }) => [own, epsilon, Number(value.toFixed(4))]),
      ]),
    ).toEqual([
      ["Local only: no promise", [["Local only", Infinity, 0.3]]],
      ["FedAvg: no promise", [["FedAvg", Infinity, 0.34]]],
      [
        "FedAvg: dp-sgd, unit example",
        [
          ["strong", 1, 0.31],
          ["weak", 9.99991, 0.33],
        ],
      ],
    ]));

  test("is absent without a promise, or where all promise the same", () => {
    const { methods, ...result } = privateResult();
    expect(utilityOf([{ name: "", result: resultOf(["de"], {}) }])).toEqual([]);
    expect(
      utilityOf([{ name: "", result: { ...result, methods: { weak: methods["weak"]! } } }]),
    ).toEqual([]);
  });

  test("says so where units differ", () => {
    const { methods, ...result } = privateResult();
    const weak = methods["weak"]!;
    const users = { ...weak, privacy: { ...weak.privacy!, unit: "user" as const } };
    const own = { ...result, methods: { ...methods, weak: users } };
    expect(textOf(page(own))).toContain("Epsilons of different units do not compare.");
    expect(textOf(page())).not.toContain("do not compare");
  });

  test("of several runs has the run in each name", () => {
    const runs = ["a", "b"].map((name) => ({ name, result: privateResult() }));
    const names = utilityOf(runs).flatMap(({ points }) => points.map(({ name }) => name));
    expect(names).toContain("b, strong");
    const html = renderUtility({ series: utilityOf(runs), metric: "ndcg@10", runs: "a, b" });
    expect(html).toContain("NDCG@10 against epsilon");
    expect(html.match(/<circle/g)).toHaveLength(8);
    expect(html).not.toMatch(/https?:|<script|@import|url\(/);
  });
});
