import { describe, expect, test } from "vitest";
import { answerOf } from "./answer.ts";
import { CLEAR, comparisonOf, EVEN } from "./compare.fixture.ts";
import { namesOf } from "./names.ts";
import { renderComparison } from "./render.ts";

describe("the answer", () => {
  test("names the federated method that gains most on average, and whom it helps", () => {
    // fedavg: 0.705 over 0.65, fedprox: 0.69 over 0.65.
    expect(answerOf(comparisonOf([CLEAR])).headline).toBe(
      "FedAvg gains +8.5\u00a0% over local-only training: clearly better for 1 of 2 clients, clearly worse for none.",
    );
    const { headline, detail } = answerOf(comparisonOf([CLEAR, EVEN]));
    expect(headline).toMatch(
      /^FedAvg gains \+4\.2\u00a0% .* on average of 2 runs: clearly better for 1 of 4/,
    );
    expect(detail).toContain("From 0.0\u00a0% to +8.5\u00a0%, run by run.");
  });

  test("says that nothing is clear, that it harms, or that nothing can be said", () => {
    expect(answerOf(comparisonOf([EVEN])).headline).toMatch(
      /^No clear gain from federating: the best on average, FedProx, has \+0\.8\u00a0%/,
    );
    const { local: _, ...without } = CLEAR.methods;
    const bare = comparisonOf([{ ...CLEAR, methods: without, comparisons: [] }]);
    expect(answerOf(bare).headline).toBe(
      "Nothing here says what clients have without a federation.",
    );
    const { fedavg: __, fedprox: ___, ...alone } = CLEAR.methods;
    expect(answerOf(comparisonOf([{ ...CLEAR, methods: alone }])).headline).toBe(
      "No federated method was compared in all runs.",
    );
  });

  test("holds variants against the best local-only training, not against one with a worse setting", () => {
    const variant = (base: string, rate: number) => ({
      ...CLEAR.methods[base]!,
      base,
      settings: { "training.rate": rate },
    });
    const names = {
      popularity: "local [training.rate=1]",
      local: "local [training.rate=2]",
      fedavg: "fedavg [training.rate=1]",
    } as const;
    const nameOf = (name: string) => names[name as keyof typeof names];
    const run = {
      ...CLEAR,
      methods: {
        [names.popularity]: { ...variant("popularity", 1), base: "local", kind: "local" },
        [names.local]: variant("local", 2),
        [names.fedavg]: { ...variant("fedavg", 1), against: names.popularity },
      },
      comparisons: [],
      pairs: CLEAR.pairs
        .filter(({ method }) => method !== "fedprox")
        .map((own) => ({ ...own, method: nameOf(own.method), against: nameOf(own.against) })),
    };
    const settings = [{ name: "training.rate", of: "method" as const, values: [1, 2] }];
    const { headline, detail } = answerOf(comparisonOf([run], { settings }));
    // 0.705 over the better 0.65, not over 0.575.
    expect(headline).toContain("FedAvg [rate=1] gains +8.5\u00a0% over Local only [rate=2]");
    expect(detail).toContain("Both with the best of their settings here.");
  });
});

test("settings are named by the shortest ending that is their own", () => {
  const settings = ["model.width", "training.optimiser.learningRate"].map((name) => ({
    name,
    of: "method" as const,
    values: [1, 2],
  }));
  const names = namesOf({ settings });
  expect(
    names.variant("fedavg", { "model.width": 8, "training.optimiser.learningRate": 0.1 }),
  ).toBe("FedAvg [width=8, learningRate=0.1]");
});

describe("the page", () => {
  const page = renderComparison(comparisonOf([CLEAR, EVEN]));

  test("has the gains of each method and run, every pair, and a link to each run's own report", () => {
    for (const text of [
      "+8.5\u00a0%",
      "Gains run by run",
      "Every two methods",
      "Nothing found: every run has",
    ])
      expect(page).toContain(text);
    for (const run of ["north", "south"])
      expect(page).toContain(`href="runs/01-${run}/report.html"`);
    expect(page.match(/<figure/g)).toHaveLength(3);
    const outside = page.replaceAll(/<script[\s\S]*?<\/script>/g, "");
    expect(outside).not.toMatch(/src="|href="https?:/);
  });

  test("says what speaks against it", () => {
    const warnings = [
      { kind: "few-seeds" as const, runs: ["north"], text: "Less than three seeds." },
    ];
    const seen = renderComparison(comparisonOf([CLEAR], { warnings }));
    expect(seen).toContain("<li>Less than three seeds.</li>");
    expect(seen).not.toContain("Nothing found");
  });

  test("hostile names stay text", () => {
    const hostile = "<img src=x onerror=alert(1)></script>";
    const seen = renderComparison(
      comparisonOf([{ ...CLEAR, name: hostile, experiment: hostile }], {
        warnings: [{ kind: "few-seeds", text: hostile }],
      }),
    );
    expect(seen).not.toContain("<img src=x");
    expect(seen).toContain("&lt;img src=x");
  });

  test("shows what a setting does, value by value", () => {
    const point = (value: number, mean: number) => ({
      value,
      run: "north",
      method: `fedavg [a=${value}]`,
      mean,
      low: mean,
      high: mean,
    });
    const seen = renderComparison(
      comparisonOf([CLEAR], {
        settings: [{ name: "a", of: "method", values: [1, 2] }],
        effects: [
          {
            setting: "a",
            metric: "auc",
            lines: [
              { run: "north", base: "fedavg", others: {}, points: [point(1, 0.6), point(2, 0.7)] },
            ],
          },
        ],
      }),
    );
    expect(seen).toContain("FedAvg: 0.6000 at 1, 0.7000 at 2.");
  });
});
