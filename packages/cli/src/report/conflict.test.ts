import type { Result } from "@atoll/node/results";
import { describe, expect, test } from "vitest";
import { matrixChart, shadeOf } from "./charts/matrix.ts";
import { stackedBars } from "./charts/stacked-bars.ts";
import { coordinationOf, gatesOf, partStages } from "./conflict.fixture.ts";
import { textOf, withoutScripts } from "./page.fixture.ts";
import { renderReport } from "./render.ts";
import { linesOf, resultOf } from "./result.fixture.ts";
import { byGroup, partTitle } from "./sections/model-parts.ts";

const clients = ["s1", '<b>"s2"</b>', "s3"];
const effects = Object.fromEntries(
  [...clients, "macro"].map((client) => [client, [0.02, "better"] as const]),
);

function page(adjust: (result: Result) => void): string {
  const result = resultOf(clients, { "pf-msmtrec": effects, fedavg: effects }, "auc:click");
  adjust(result);
  return renderReport({ result, lines: linesOf(clients), environment: {}, messages: [] });
}

const whole = () =>
  page(({ methods }) => {
    Object.assign(methods["pf-msmtrec"]!, {
      coordination: coordinationOf(clients),
      gates: gatesOf(clients),
    });
    Object.assign(methods["local"]!, { gates: gatesOf(clients) });
  });

describe("conflict between clients", () => {
  test("a run without observations has no such section", () => {
    expect(page(() => {})).not.toContain('id="conflict"');
  });

  test("what comes from outside is text, and the page needs nothing else", () => {
    expect(whole()).not.toMatch(/<b>"s2"|<i>sale/);
    expect(whole()).toContain("&lt;i&gt;sale&lt;/i&gt;");
    expect(withoutScripts(whole())).not.toMatch(/https?:|@import|url\((?!#)/);
    expect(whole()).toBe(whole());
  });

  test("matrices stand for the first, middle and last round, in words too", () => {
    const labels = [...whole().matchAll(/aria-label="(expert 1, round[^"]*)"/g)].map(([, l]) => l);
    expect(labels).toHaveLength(3);
    // Pairs (s1, s2), (s1, s3), (s2, s3): 0.8, 0.4, 0.4; then the negative; then zeros.
    expect(labels[0]).toContain("round 1: mean cosine +0.53, the lowest +0.40");
    expect(labels[1]).toContain(
      "round 2: mean cosine \u22120.27, the lowest \u22120.40 between s1 and",
    );
    expect(labels[2]).toContain("round 3: mean cosine 0.00");
    expect(textOf(whole())).toContain("Cosines near 0 late in training are noise, not conflict");
  });

  test("weights of the last round, parts that share them once, and what equal weights would be", () => {
    const text = textOf(whole());
    expect(text).toContain("With equal weights every cell would be 33.3%");
    expect(text).toMatch(/s1 70\.0% 15\.0% 15\.0%/);
    expect(text).toMatch(/s1 100\.0% 0\.0% 0\.0%/);
    expect(text.match(/s1 70\.0% 15\.0% 15\.0%/g)).toHaveLength(1);
    expect(text).toContain("Tower of &lt;i&gt;sale&lt;/i&gt;");
  });

  test("gates of the first seed are bars with their numbers in words", () => {
    expect(whole()).toContain('aria-label="s1: expert 1 75%, expert 2 25%"');
    expect(whole()).toContain('aria-label="s1: expert 1 100%, expert 2 0%"');
    expect(textOf(whole())).toContain("Seed 1 alone");
  });

  test("gates alone have their page too, under a name that promises no conflict", () => {
    const text = page(({ methods }) => {
      methods["local"]!.gates = gatesOf(clients);
    });
    expect(textOf(text)).toContain("How gates choose");
    expect(textOf(text)).not.toContain("Conflict between clients");
    expect(text).toContain('<a href="#conflict">More on gates that choose one expert only</a>');
  });
});

describe("what each part of the model costs", () => {
  const markup = () =>
    page((result) => {
      result.methods["pf-msmtrec"]!.stages = partStages;
      result.experiment["model"] = { kind: "mmoe", batchNorm: true };
    });

  test("arrays are added up by kind; what is left are headers", () => {
    const whole = textOf(markup());
    const text = whole.slice(whole.indexOf("Bytes of each part"));
    const line = (label: string) => text.slice(text.indexOf(label)).slice(0, label.length + 60);
    expect(line("Scenario factors of experts (3)")).toMatch(/3\.00.kB 3\.00.kB 90\.0.kB 90\.0.kB/);
    expect(line("Global factors of experts")).toMatch(/1\.00.kB 1\.00.kB 30\.0.kB 30\.0.kB/);
    expect(line("Embedding rows")).toMatch(/4\.00.kB 3\.00.kB 120.kB 90\.0.kB/);
    expect(line("Counts of rows")).toMatch(/700.B 0.B 21\.0.kB 0.B/);
    // 10,000 - 9,000 up, 8,000 - 7,300 down.
    expect(line("headers and metadata")).toMatch(/1\.00.kB 700.B 30\.0.kB 21\.0.kB/);
  });

  test("what no array is declared for stays at home", () => {
    expect(textOf(markup())).toContain(
      "PF-MSMTRec keeps at home task factors of experts, gates, scale, shift and statistics of normalisation layers and the data: no row, no label, no score travels.",
    );
  });

  test("results of earlier versions have no such table", () => {
    const old = page(({ methods }) => {
      const [{ arrays: _, ...stage }] = partStages as [(typeof partStages)[number]];
      methods["pf-msmtrec"]!.stages = [stage];
    });
    expect(old).toContain("Stage by stage");
    expect(old).not.toContain("part by part");
  });
});

test("names of parts: numbers from 1, tasks by name, groups in one order", () => {
  expect(partTitle("expert:3/task1", ["click", "sale"])).toEqual({
    group: "Task factors of experts",
    label: "expert 4, sale",
  });
  expect(partTitle("tower:1/0", ["click", "sale"]).label).toBe("sale, layer 1");
  expect(partTitle("tower:1/0").label).toBe("task 2, layer 1");
  expect(partTitle("control:expert:0/global")).toEqual({
    group: "Control variates",
    label: "expert 1",
  });
  expect(partTitle("table:deep/hash_0").label).toBe("deep/hash_0");
  expect([...byGroup(["odd", "tower:0/0", "expert:10/scenario", "expert:2/scenario"])]).toEqual([
    ["Scenario factors of experts", ["expert:2/scenario", "expert:10/scenario"]],
    ["Towers", ["tower:0/0"]],
    ["odd", ["odd"]],
  ]);
});

describe("pictures", () => {
  test("shades by size and sign; nothing within 0.05 of 0", () => {
    expect([0.049, 0.05, 0.15, 0.3, 0.5, 0.75, 1].map(shadeOf)).toEqual([
      undefined,
      "p1",
      "p2",
      "p3",
      "p4",
      "p5",
      "p5",
    ]);
    expect(shadeOf(-0.2)).toBe("n2");
  });

  test("a cell stands in its row and column, the diagonal and unknown pairs apart", () => {
    const { markup } = matrixChart(
      [
        [1, -0.6, null],
        [0.2, 1, 0],
        [0, 0, 1],
      ],
      "label",
    );
    const path = (name: string) => new RegExp(`class="${name}" d="([^"]*)"`).exec(markup)?.[1];
    expect(path("n4")).toBe("M1.03 0.03h.94v.94h-.94z");
    expect(path("p2")).toBe("M0.03 1.03h.94v.94h-.94z");
    expect(path("unknown")).toBe("M2.03 0.03h.94v.94h-.94z");
    expect(path("diagonal")!.match(/M/g)).toHaveLength(3);
  });

  test("parts of a bar follow each other and fill it, whatever the sum", () => {
    const { markup } = stackedBars([{ label: "a", values: [1, 3], text: "a" }]);
    const parts = [...markup.matchAll(/x="([\d.]+)"\s+width="([\d.]+)"/g)].map(([, x, w]) => [
      Number(x),
      Number(w),
    ]);
    expect(parts).toEqual([
      [0, 24.6],
      [25, 74.6],
    ]);
  });
});
