import type { CodebookPages, Result } from "@atoll/node/results";
import { describe, expect, test } from "vitest";
import { heatMap } from "./charts/heat-map.ts";
import { codebooksOf, pagesOf, stages } from "./codebooks.fixture.ts";
import type { ReportMessage } from "./input.ts";
import { textOf, withoutScripts } from "./page.fixture.ts";
import { renderReport } from "./render.ts";
import { linesOf, resultOf } from "./result.fixture.ts";

const clients = ["in", '<b>"mx"</b>', "jp"];
const effects = Object.fromEntries(
  [...clients, "macro"].map((client) => [client, [0.02, "better"] as const]),
);

function page({
  methods = ["fedmm"],
  adjust = () => {},
  codebooks = pagesOf("fedmm", clients),
  messages = [],
}: {
  readonly methods?: readonly string[];
  readonly adjust?: (result: Result) => void;
  readonly codebooks?: CodebookPages | undefined;
  readonly messages?: readonly ReportMessage[];
} = {}): string {
  const result = resultOf(clients, Object.fromEntries(methods.map((name) => [name, effects])));
  for (const name of methods)
    Object.assign(result.methods[name]!, { codebooks: codebooksOf(clients), stages });
  adjust(result);
  return renderReport({ result, lines: linesOf(clients), environment: {}, messages, codebooks });
}

const recipe = { codes: 256, width: 32, aggregation: "usage", minimumCount: 0 } as const;

describe("the codebooks of a report", () => {
  test("what comes from outside is text, and the page needs nothing else", () => {
    expect(page()).toContain("&lt;i&gt;kettle&lt;/i&gt; of steel");
    expect(page()).not.toMatch(/<i>kettle|<b>"mx"|B00<b>/);
    expect(withoutScripts(page())).not.toMatch(/https?:|@import|url\((?!#)/);
    expect(page()).toBe(page());
  });

  test("agreement stands beside chance, and how the codebook is shared out", () => {
    const text = textOf(page());
    expect(text).toContain("62.5% ± 1.0% 12.5% ± 0.5% 5.00 ± 0.20 30 3.3 to 5.3");
    expect(text).toContain(
      "Of 4 codes 2 are used by all 3 clients, 1 by several, 0 by one alone, 1 by none.",
    );
    expect(text).toContain(
      "In 60 comparisons over 2 pairs of clients, 60.0% have the same level-1 code; by chance 15.0% would.",
    );
    expect(text).toContain("4 of 8 3.3 4 of 8 3.3 12.5% 0.4567");
    expect(text).toContain("only a simulation can do");
  });

  test("without pictures the numbers still stand; without codebooks there is no section", () => {
    const bare = page({ codebooks: undefined });
    expect(bare).toContain('id="codebooks"');
    expect(textOf(bare)).toContain("12.5%");
    expect(page({ methods: ["fedavg"], adjust: drop })).not.toContain('id="codebooks"');
  });

  test("no noise is said to be none; noise comes with its unit, neighbours and price", () => {
    expect(textOf(page())).toContain("No noise was added: there is no differential privacy here.");
    const codebooks = pagesOf("fedmm", clients);
    codebooks.methods["fedmm"]!.releases.push({
      client: "in",
      entity: "user",
      count: 50,
      mechanism: "gaussian",
      sensitivity: Math.SQRT2,
      noiseMultiplier: 1.5,
      delta: 1e-5,
      epsilon: 12.3456,
    });
    codebooks.methods["fedmm"]!.settings = {
      codes: 8,
      width: 4,
      aggregation: "sums",
      minimumCount: 3,
      privacy: { clipNorm: 2.5 },
    };
    const text = textOf(page({ codebooks }));
    expect(text).toMatch(/in users 50 1\.5 12\.3 1e-5/);
    expect(text).toContain("of vectors clipped to norm 2.5");
    expect(text).toContain("Codes whose noisy count is below 3 are left out (minimumCount)");
    expect(text).toContain("encoded vector in one client's sums");
    expect(text).not.toContain("No noise was added");
  });

  test("a minimum count is told", () => {
    const codebooks = pagesOf("fedmm", clients);
    codebooks.methods["fedmm"]!.settings = { ...recipe, minimumCount: 3 };
    expect(textOf(page({ codebooks }))).toContain(
      "Codes with fewer than 3 in a client are left out",
    );
  });

  test("codebooks of the client's own reveal nothing, and say so", () => {
    const adjust = (result: Result) => {
      result.methods["fedmm"]!.codebooks = codebooksOf(clients, ["local", "local"]);
    };
    expect(textOf(page({ adjust }))).toContain("no row of a codebook leaves a client");
  });

  test("many methods: the first six are shown whole, all of them are compared", () => {
    const methods = Array.from({ length: 9 }, (_, i) => `variant-${i}`);
    const markup = page({ methods });
    expect(textOf(markup)).toContain("6 of 9 methods");
    expect(markup.match(/name="codebook-method"/g)).toHaveLength(6);
  });
});

const drop = (result: Result) => {
  for (const method of Object.values(result.methods)) delete method.codebooks;
};

describe("what stages cost", () => {
  test("bytes of one client and round, the largest message, and all of them", () => {
    const text = textOf(page()).replaceAll("\u202F", " ");
    expect(text).toContain(
      "codebook 10 33.8 kB at most 67.6 kB 67.6 kB at most 101 kB 1.01 MB 2.03 MB",
    );
  });

  test("the recipe's bytes follow from its codebook: 256 codes of 32 are 33.8 kB, whatever the data", () => {
    const codebooks = pagesOf("fedmm", clients);
    codebooks.methods["fedmm"]!.settings = recipe;
    expect(textOf(page({ codebooks })).replaceAll("\u202F", " ")).toContain(
      "256 rows of 32 numbers and a count each, that is 33.8 kB up",
    );
  });

  test("results of earlier versions have no such table", () => {
    const adjust = (result: Result) => {
      for (const method of Object.values(result.methods)) delete method.stages;
    };
    expect(textOf(page({ adjust }))).not.toContain("Stage by stage");
  });
});

describe("vectors of shared items", () => {
  const message = (stage: string, arrays: Record<string, string>): ReportMessage => ({
    method: "fedmm",
    stage,
    kind: "update",
    purpose: "a share",
    arrays,
  });

  test("a method that sends them has a paragraph of its own, with bytes", () => {
    const messages = [message("collaborative", { "item-vectors/all": "vectors" })];
    const text = textOf(page({ messages })).replaceAll("\u202F", " ");
    expect(text).toContain("FedMM couples collaborative training");
    expect(text).toContain("anchors: 7.00 kB up and 14.0 kB down per client and round, 10 rounds");
  });

  test("collaborative training alone has none", () => {
    const text = textOf(page({ messages: [message("collaborative", {})] }));
    expect(text).not.toContain("Vectors of shared items");
  });
});

describe("the heat map", () => {
  test("shades by the square root, joins neighbours, leaves empty cells out", () => {
    // sqrt(1/36), sqrt(4/36) and 1 of six shades: the first, the second, the sixth.
    const { markup } = heatMap([{ label: "in", values: [36, 36, 4, 0, 1], most: 36 }], "uses");
    expect([...markup.matchAll(/class="(h\d)" d="([^"]*)"/g)].map(([, a, b]) => [a, b])).toEqual([
      ["h1", "M4 0h1v1h-1z"],
      ["h2", "M2 0h1v1h-1z"],
      ["h6", "M0 0h2v1h-2z"],
    ]);
  });

  test("a row without a use is empty, not broken", () => {
    const { markup } = heatMap([{ label: "in", values: [0, 0], most: 0 }], "uses");
    expect(markup).not.toContain("<path");
    expect(markup).not.toContain("NaN");
  });
});
