import { describe, expect, test } from "vitest";
import { boundsChart } from "./bounds-chart.ts";
import { atLeast, auditHeadline, canaryRows } from "./facts.ts";
import { audited, kept } from "./result.fixture.ts";
import { renderAudit } from "./render.ts";
import { rocChart } from "./roc-chart.ts";

describe("the headline", () => {
  test("says first that a promise does not hold, with bounds that round the safe way", () => {
    expect(auditHeadline(audited)).toBe(
      "A promise does not hold: broken, a has an epsilon of at least 1.599 where 1 was promised",
    );
  });

  test("else the attack that is surest", () => {
    expect(auditHeadline(kept)).toBe(
      "The strongest attack tells training rows of a under Local only from test rows with an AUC of 0.720 (0.670 to 0.770)",
    );
  });

  test("else that there is none", () => {
    const { private: own } = kept.methods;
    expect(auditHeadline({ ...kept, methods: { private: own! } })).toBe(
      "No attack tells training rows from test rows better than guessing",
    );
    expect(auditHeadline({ ...kept, methods: {} })).toBe("No model of this run was attacked");
  });
});

test("lower bounds round down", () => {
  expect([0, 0.01997, 1.9999, 3.1999].map(atLeast)).toEqual(["0.000", "0.019", "1.999", "3.199"]);
});

test("bounds are held against promises about the model alone", () => {
  expect(
    canaryRows(audited).map(({ method, promised, claimed, exceeded, remark }) => ({
      method,
      promised,
      claimed,
      exceeded,
      remark,
    })),
  ).toEqual([
    { method: "private", promised: "2.001", claimed: 2.00012, exceeded: false, remark: undefined },
    { method: "broken", promised: "1", claimed: 1, exceeded: true, remark: undefined },
    {
      method: "fedavg",
      promised: "infinity",
      claimed: undefined,
      exceeded: false,
      remark: "about a client's updates only",
    },
  ]);
});

describe("charts", () => {
  /** The corner points of the n-th polyline. */
  const pointsOf = (markup: string, index: number) => {
    const [, points] = [...markup.matchAll(/points="([^"]*)"/g)][index]!;
    return points!.split(" ").map((point) => point.split(",").map(Number));
  };

  test("a curve stands on logarithms: equal factors are equal distances, and 0 is at the edge", () => {
    const { markup } = rocChart(
      [
        {
          name: "x",
          className: "x",
          points: [
            [0, 0.001],
            [0.01, 0.1],
            [1, 1],
          ],
        },
      ],
      0.001,
      "x",
    );
    const points = pointsOf(markup, 0);
    // Steps: first up where it stands, so two corners for each point after the first.
    expect(points).toHaveLength(5);
    const [edge, corner, second, , last] = points as [number, number][];
    expect([edge![0], edge![1]]).toEqual([50, 220]);
    expect(corner).toEqual([130, 220]);
    expect(second![1]).toBeCloseTo(220 - (2 / 3) * 212, 0);
    expect(last).toEqual([290, 8]);
  });

  test("a bound of 0 has no length, and every promise that is held against one has its mark", () => {
    const { markup } = boundsChart(canaryRows(audited), ({ method }) => method);
    expect(markup.match(/class="promise"/g)).toHaveLength(2);
    expect(markup.match(/class="refuted"/g)).toHaveLength(1);
    expect(markup).toContain("fedavg: at least 0.000, promised infinity");
    expect(markup).toMatch(/class="bound" x1="140" x2="140.0"/);
  });
});

describe("the page", () => {
  const page = renderAudit(audited);

  test("needs nothing else: no scripts, no links out", () => {
    expect(page).not.toMatch(/<script|src=|https?:|url\(/);
    expect(page).toContain("<!doctype html>");
  });

  test("escapes what comes from the experiment", () => {
    expect(page).toContain("two &lt;shops&gt;, seed 7");
    expect(page).not.toContain("<shops>");
  });

  test("shows every attack, every promise, what was left out, and the verdicts", () => {
    for (const text of [
      "likelihood ratio",
      "4.4%<small>2.2% to 7.7%</small>",
      "not refuted",
      ">refuted<",
      "about a client&#39;s updates only",
      "40 of 200",
      "22.5%",
      "not attacked: it stores no trained model",
      "b: fewer than two training rows",
    ])
      expect(page).toContain(text);
  });

  test("leaves out what was not done", () => {
    const { local } = audited.methods;
    const small = renderAudit({ ...audited, exceeded: [], shadows: 0, methods: { local: local! } });
    expect(small).not.toContain("Does the promise hold?");
    expect(small).not.toContain("What does one update give away?");
    expect(small).not.toContain("Carlini");
  });
});
