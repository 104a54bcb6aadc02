import type { ComparedRun } from "@atoll/node/comparisons";
import { describe, expect, test } from "vitest";
import {
  BROWSER_NOTE,
  DESKTOP,
  FLAWLESS,
  flawsOf,
  inBrowser,
  isBrowserAbsent,
  PHONE,
  rowsOf,
} from "../browser.fixture.ts";
import { CLEAR, comparisonOf, EVEN } from "./compare.fixture.ts";
import { renderComparison } from "./render.ts";

const LONG = "fedprox-with-a-name-that-its-author-found-telling";
const HOSTILE = '<img src=x onerror="document.title=1"></script>';
const SETTING = "training.optimiser.learningRate";

/** Its two federated methods become one with a long name, at two values of a setting. */
function withVariants(run: ComparedRun): ComparedRun {
  const settingsOf = (name: string): Record<string, number> => {
    if (name === "fedavg") return { [SETTING]: 0.003 };
    return name === "fedprox" ? { [SETTING]: 0.3 } : {};
  };
  const nameOf = (method: string) => (method === "fedprox" ? LONG : method);
  const renamed = <T extends { method: string; against: string }>(rows: readonly T[]) =>
    rows.map((own) => ({ ...own, method: nameOf(own.method), against: nameOf(own.against) }));
  return {
    ...run,
    methods: Object.fromEntries(
      Object.entries(run.methods).map(([name, own]) => [
        nameOf(name),
        {
          ...own,
          base: name.startsWith("fed") ? LONG : name,
          settings: settingsOf(name),
        },
      ]),
    ),
    comparisons: renamed(run.comparisons),
    pairs: renamed(run.pairs),
  };
}

function page(): string {
  const point = (value: number, mean: number) => ({
    value,
    run: "north",
    method: `fedavg [${value}]`,
    mean,
    low: mean - 0.01,
    high: mean + 0.01,
  });
  const line = (base: string, mean: number) => ({
    run: "north",
    base,
    others: {},
    points: [point(0.003, mean), point(0.3, mean + 0.02)],
  });
  return renderComparison(
    comparisonOf(
      [
        { ...withVariants(CLEAR), name: "a-world-of-many-markets-with-a-long-name" },
        { ...withVariants(EVEN), name: HOSTILE },
      ],
      {
        settings: [{ name: SETTING, of: "method", values: [0.003, 0.3] }],
        effects: [
          {
            setting: SETTING,
            metric: "auc",
            lines: ["local", "fedavg", LONG, "ditto", "fedbn"].map((base, i) =>
              line(base, 0.6 + i / 100),
            ),
          },
        ],
        warnings: [
          { kind: "few-seeds", runs: ["north"], text: `Less than three seeds: ${HOSTILE}` },
        ],
      },
    ),
  );
}

describe.skipIf(isBrowserAbsent)(`the page of a comparison in a browser${BROWSER_NOTE}`, () => {
  const open = inBrowser(page);

  test.each([
    ["a phone, light", { size: PHONE, theme: "light" }],
    ["a phone, dark", { size: PHONE, theme: "dark" }],
    ["a desktop, dark", { size: DESKTOP, theme: "dark" }],
  ] as const)("on %s nothing goes wrong, sideways, or out", async (_, options) => {
    const { page: opened, troubles } = await open(options);
    expect(await flawsOf(opened)).toEqual(FLAWLESS);
    expect(await opened.title()).toMatch(/^fedprox-with-a-name.* gains/);
    expect(troubles).toEqual([]);
    await opened.context().close();
  });

  test.each([
    ["a phone", PHONE, ["Popularity", "fedprox-wit…\ngRate=0.003]", "fedprox-wit…\ningRate=0.3]"]],
    [
      "a desktop",
      DESKTOP,
      [
        "Popularity",
        "fedprox-with-a-name-t…\ng [learningRate=0.003]",
        "fedprox-with-a-name-t…\ning [learningRate=0.3]",
      ],
    ],
  ] as const)(
    "on %s methods that differ by a setting have names that differ",
    async (_, size, names) => {
      const { page: opened } = await open({ size, theme: "light" });
      expect(await rowsOf(opened, "#chart-run-1")).toEqual(names);
      await opened.context().close();
    },
  );

  test("by keyboard another client's differences are shown, and a table is sorted", async () => {
    const { page: opened, troubles } = await open({ size: DESKTOP, theme: "light" });
    const figure = opened.locator("#chart-run-1");
    expect(await figure.locator(".summary").textContent()).toMatch(
      /mean of clients: clearly better/,
    );
    await figure.locator("select.choice").focus();
    await opened.keyboard.press("ArrowDown");
    expect(await figure.locator(".summary").textContent()).toMatch(/, de: clearly better: fedprox/);
    expect(await figure.locator(".picture").getAttribute("aria-label")).toMatch(/, de: clearly/);
    const header = opened.locator("#overview table >> nth=0").locator("thead th").nth(1);
    await header.locator("button").press("Enter");
    const first = opened.locator("#overview tbody tr").first().locator("th");
    expect(await header.getAttribute("aria-sort")).toBe("descending");
    const before = await first.textContent();
    await header.locator("button").press("Enter");
    expect(await header.getAttribute("aria-sort")).toBe("ascending");
    expect(before).toMatch(/^fedprox/);
    expect(await first.textContent()).toBe("Popularity");
    expect(troubles).toEqual([]);
    await opened.context().close();
  });

  test("without scripts pictures stand still, with the same names", async () => {
    const { page: opened } = await open({ size: DESKTOP, theme: "light", scripts: false });
    const figures = await opened.locator("figure.chart").count();
    expect(figures).toBe(4);
    expect(await opened.locator("figure.chart .picture > svg").count()).toBe(figures);
    expect(
      await opened.locator("#chart-run-1 svg text[text-anchor=end]").allTextContents(),
    ).toContain("fedprox-with-a-name-t…");
    await opened.context().close();
  });
});
