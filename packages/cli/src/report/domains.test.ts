import { describe, expect, test } from "vitest";
import { askedAugmentation } from "./augmentation-result.fixture.ts";
import { scatter } from "./charts/scatter.ts";
import { domainPagesOf, domainsOf } from "./domains.fixture.ts";
import { textOf, withoutScripts } from "./page.fixture.ts";
import { renderReport } from "./render.ts";
import { linesOf, resultOf } from "./result.fixture.ts";

const clients = ["food", '<b>"kitchen"</b>'];
const effects = {
  fedcctr: Object.fromEntries(
    [...clients, "macro"].map((client) => [client, [0.02, "better"] as const]),
  ),
};

function page({ found = true, users = 300 } = {}): string {
  const result = resultOf(clients, effects);
  if (found) result.methods["fedcctr"]!.domains = domainsOf("food", clients[1]);
  const domains = found
    ? domainPagesOf("fedcctr", ["food", clients[1]!, "merged"], users)
    : undefined;
  return renderReport({ result, lines: linesOf(clients), environment: {}, messages: [], domains });
}

describe("the domains of a report", () => {
  test("what comes from outside is text, and the page needs nothing else", () => {
    expect(page()).not.toContain('<b>"kitchen"');
    expect(withoutScripts(page())).not.toMatch(/https?:|@import|url\((?!#)/);
    expect(page()).toBe(page());
  });

  test("cosines stand beside those of different users, and overlap in words", () => {
    const text = textOf(page());
    expect(text).toContain("+0.93 ± 0.01 overlapping others +0.90");
    expect(text).toContain("−0.05 ± 0.03 others +0.13");
    expect(text).toContain("overlap (mean cosine .93): raise cdrd.weight.");
  });

  test("who retired, and what augmentation did", () => {
    const text = textOf(page());
    expect(text).toContain("61.0% of 200 clients retired, the first in round 3 of 8.");
    expect(text).toContain("320 13.33 → 15.41 – 0.0625 0.1100 0.1200 plain");
    expect(text).not.toContain("Acceptance");
  });

  test("density in percent, users reached, and what became of the questions to a language model", () => {
    const result = resultOf(clients, effects);
    result.methods["fedcctr"]!.domains = {
      ...domainsOf("food", clients[1]),
      augmentation: askedAugmentation,
    };
    const markup = renderReport({ result, lines: [], environment: {}, messages: [] });
    const text = textOf(markup);
    expect(text).toContain("7144 95.4% reached 13.33 → 15.41 0.0631% → 0.0729% 0.0625");
    expect(text).toContain("items 100.0% 2810 0 0");
    expect(text).toContain("profiles 83.0% 5929 1215 not JSON 1006 wrong shape 209 0");
    expect(text).toContain(
      "Lodge L8SK3 Cast Iron Skillet, 10.25-Inch &lt;br&gt; category: cookware;",
    );
    const bars = [...markup.matchAll(/<svg class="share"[\s\S]*?<\/svg>/g)].map(([bar]) =>
      [...bar.matchAll(/class="(\w+)"\s+x="([\d.]+)"\s+width="([\d.]+)"/g)].map(
        ([, part, x, width]) => [part, Number(x), Number(width)],
      ),
    );
    // 14,288 prompts of sequences, of which 11,204 were answered and 413 dropped.
    expect(bars).toEqual([
      [["accepted", 0, 100]],
      [
        ["accepted", 0, 82.99],
        ["dropped", 82.99, 17.01],
      ],
      [
        ["accepted", 0, 78.42],
        ["dropped", 78.42, 2.89],
        ["unasked", 81.31, 18.69],
      ],
    ]);
  });

  test("every encoder's points are one path, with a shape of its own and a switch", () => {
    const markup = page();
    const clouds = [...markup.matchAll(/class="cloud c(\d)"[^>]*?d="([^"]*)"/g)];
    expect(clouds.map(([, place]) => place)).toEqual(["0", "1", "2"]);
    for (const [, , path] of clouds) expect(path!.match(/M/g)).toHaveLength(300);
    expect(clouds[0]![2]).toMatch(/^M[\d.]+ [\d.]+a3\.4/);
    expect(clouds[2]![2]!.split("z")[0]!.split("L")).toHaveLength(3);
    expect(markup).toContain(
      'aria-label="Representations of 300 users: 300 points of food, 300 points of &lt;b&gt;&quot;kitchen&quot;&lt;/b&gt; and 300 points of merged"',
    );
    expect(markup).toMatch(/<input type="checkbox" class="t2" checked/);
  });

  test("a run without encoders of domains has no such section", () => {
    expect(page({ found: false })).not.toContain('id="domains"');
  });
});

test("both directions of a picture have one scale, and one point has a place", () => {
  const places = (points: readonly (readonly [number, number])[]) =>
    [
      ...scatter(
        [
          { name: "a", points: [] },
          { name: "b", points },
        ],
        {
          x: "",
          y: "",
          label: "",
        },
      ).markup.matchAll(/M([\d.]+) ([\d.]+)L/g),
    ].map(([, x, y]) => [Number(x), Number(y)] as const);
  const [origin, right, up] = places([
    [0, 0],
    [2, 0],
    [0, 1],
  ]);
  expect((right![0] - origin![0]) / (origin![1] - up![1])).toBeCloseTo(2, 2);
  expect(places([[5, 5]])[0]!.every(Number.isFinite)).toBe(true);
});
