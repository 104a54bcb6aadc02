import type { Page } from "playwright-core";
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
} from "./browser.fixture.ts";
import { codebooksOf, pagesOf, stages } from "./codebooks.fixture.ts";
import { coordinationOf, gatesOf } from "./conflict.fixture.ts";
import { promise } from "./privacy.fixture.ts";
import { renderReport } from "./render.ts";
import { linesOf, resultOf } from "./result.fixture.ts";

const hostile = '<img src=x onerror="document.title=1">';
const clients = ["atlantis", "borduria", hostile, "a client with a name that goes on and on"];

function report(): string {
  const effects = (differences: readonly number[]) =>
    Object.fromEntries(
      [...clients, "macro"].map((client, i) => [
        client,
        [
          differences[i]!,
          differences[i]! > 0.015
            ? "better"
            : differences[i]! < 0
              ? "worse"
              : "no clear difference",
        ] as const,
      ]),
    );
  const result = resultOf(
    clients,
    {
      fedmm: effects([0.01, 0.04, 0.02, -0.02, 0.0125]),
      [`own </script> ${hostile}`]: effects([0.01, 0.01, 0.01, 0.01, 0.01]),
      popularity: effects([-0.1, -0.1, -0.1, -0.1, -0.1]),
      centralised: effects([0.05, 0.05, 0.05, 0.05, 0.05]),
    },
    "auc",
  );
  Object.assign(result.methods["fedmm"]!, {
    codebooks: codebooksOf(clients),
    coordination: coordinationOf(clients),
    gates: gatesOf(clients),
    privacy: promise({ atlantis: 2, borduria: 1 }),
    stages,
  });
  return renderReport({
    result,
    lines: linesOf(clients),
    environment: { cores: 2 },
    messages: [
      {
        method: "fedmm",
        stage: "train",
        kind: "update",
        direction: "to server",
        purpose: "the client's share",
        arrays: { parameters: "dense parameters: what the client's rows taught the network" },
      },
    ],
    codebooks: pagesOf("fedmm", clients),
  });
}

/** The first letters of what the forest's rows are called. */
const gainRows = async (page: Page) =>
  (await rowsOf(page, "#chart-gains")).map((name) => name.replace("\n", " ").slice(0, 8));

const columnOf = (page: Page, table: string) =>
  page
    .locator(`${table} >> tbody`)
    .first()
    .locator("tr:not(.group) th")
    .evaluateAll((cells) => cells.map((cell) => cell.textContent.trim().slice(0, 8)));

describe.skipIf(isBrowserAbsent)(`a report in a browser${BROWSER_NOTE}`, () => {
  const open = inBrowser(report);

  test.each([
    ["a phone, light", { size: PHONE, theme: "light" }],
    ["a desktop, dark", { size: DESKTOP, theme: "dark" }],
  ] as const)("on %s nothing goes wrong, sideways, or out", async (_, options) => {
    const { page, troubles } = await open(options);
    expect(await flawsOf(page)).toEqual(FLAWLESS);
    expect(await page.title()).toMatch(/^Federating helps 2 of 4 clients/);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("by keyboard the forest is put in order, filtered, and shows another method", async () => {
    const { page, troubles } = await open({ size: DESKTOP, theme: "light" });
    const figure = page.locator("#chart-gains");
    expect(await gainRows(page)).toEqual([
      "atlantis",
      "borduria",
      "<img src",
      "a client",
      "Mean of ",
    ]);
    await figure.locator("select.order").focus();
    await page.keyboard.press("ArrowDown");
    expect(await gainRows(page)).toEqual([
      "borduria",
      "<img src",
      "atlantis",
      "a client",
      "Mean of ",
    ]);
    await page.keyboard.press("Tab");
    await page.keyboard.type("DUR");
    expect(await gainRows(page)).toEqual(["borduria", "Mean of "]);
    expect(await figure.locator("output").textContent()).toBe("1 of 4 clients");
    const before = await figure.locator(".picture").getAttribute("aria-label");
    await figure.locator("select.choice").first().focus();
    await page.keyboard.press("ArrowDown");
    const after = await figure.locator(".picture").getAttribute("aria-label");
    expect(before).toMatch(/^FedMM against Local only in AUC/);
    expect(after).toMatch(/^own <\/script> <img/);
    expect(await figure.locator(".summary").textContent()).toBe(after);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("the box under the pointer has exact values, names in it as text", async () => {
    const { page, troubles } = await open({ size: DESKTOP, theme: "light" });
    const picture = page.locator("#chart-gains .picture");
    await picture.scrollIntoViewIfNeeded();
    // The third row's triangle: the hostile client's.
    const point = page.locator("#chart-gains .live svg path[fill='var(--better)']").nth(1);
    await point.hover({ force: true });
    const tip = page.locator("#chart-gains .tip");
    await tip.waitFor();
    expect(await tip.innerText()).toContain("+0.0200, 95% interval [+0.0100, +0.0300]");
    expect(await tip.innerText()).toContain(hostile);
    // The point keeps its colour while it is looked at.
    expect(await point.getAttribute("fill")).toBe("var(--better)");
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("by keyboard a line is switched off and on again", async () => {
    const { page, troubles } = await open({ size: DESKTOP, theme: "light" });
    const lines = page.locator("#chart-learning .live svg path[stroke='var(--s1)']");
    expect(await lines.count()).toBe(1);
    await page
      .locator("#chart-learning")
      .getByRole("checkbox", { name: "Local only" })
      .press("Space");
    expect(await lines.count()).toBe(0);
    await page.keyboard.press("Space");
    expect(await lines.count()).toBe(1);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test("by keyboard tables are sorted both ways, and say so", async () => {
    const { page } = await open({ size: DESKTOP, theme: "light" });
    const table = "#cost .fold table >> nth=0";
    await page.locator("#cost .fold summary").first().press("Enter");
    expect(await columnOf(page, table)).toEqual([
      "Local on",
      "Populari",
      "FedMM",
      "own </sc",
      "Centrali",
    ]);
    const header = page.locator(`${table} >> thead th`).first();
    await header.locator("button").press("Enter");
    expect(await header.getAttribute("aria-sort")).toBe("ascending");
    expect(await columnOf(page, table)).toEqual([
      "Centrali",
      "FedMM",
      "Local on",
      "own </sc",
      "Populari",
    ]);
    await header.locator("button").press("Enter");
    expect(await header.getAttribute("aria-sort")).toBe("descending");
    expect((await columnOf(page, table))[0]).toBe("Populari");
    await page.context().close();
  });

  test("the theme is turned by keyboard, and kept for the next visit", async () => {
    const { page } = await open({ size: DESKTOP, theme: "light" });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await paper()).toBe("rgb(251, 251, 249)");
    const button = page.getByRole("button", { name: "Dark theme" });
    await button.press("Space");
    expect(await button.getAttribute("aria-pressed")).toBe("true");
    expect(await paper()).toBe("rgb(16, 23, 28)");
    await page.reload();
    expect(await paper()).toBe("rgb(16, 23, 28)");
    await page.context().close();
  });

  test("on paper everything is unfolded and white, and nothing waits to be pressed", async () => {
    const { page } = await open({ size: DESKTOP, theme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      "rgb(255, 255, 255)",
    );
    const heights = await page
      .locator("details table")
      .evaluateAll((tables) => tables.map((table) => table.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(5);
    expect(heights.every((height) => height > 0)).toBe(true);
    expect(await page.locator("button:visible, select:visible, input:visible").count()).toBe(
      await page.locator("button.sort:visible").count(),
    );
    await page.context().close();
  });

  test("without scripts pictures stand still, and every table can be reached", async () => {
    const { page } = await open({ size: DESKTOP, theme: "light", scripts: false });
    const still = await page.locator("figure.chart .picture > svg").count();
    expect(still).toBe(await page.locator("figure.chart").count());
    expect(await page.locator(".controls:visible, button:visible").count()).toBe(0);
    await page.locator("#gains .fold summary").first().click();
    expect(await page.locator("#gains .fold table").first().isVisible()).toBe(true);
    await page.context().close();
  });
});
