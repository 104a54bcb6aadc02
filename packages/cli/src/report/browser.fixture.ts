import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

/** Debian's. */
const CHROMIUM = "/usr/bin/chromium";

export const isBrowserAbsent = !existsSync(CHROMIUM);

/** Told in the name of tests that need one. */
export const BROWSER_NOTE = isBrowserAbsent ? ` (skipped: no ${CHROMIUM} here)` : "";

function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export const PHONE = { width: 390, height: 844 } as const;
export const DESKTOP = { width: 1240, height: 900 } as const;

export interface OpenOptions {
  readonly size: { readonly width: number; readonly height: number };
  readonly theme: "light" | "dark";
  /** Scripts run unless they are refused. */
  readonly scripts?: boolean;
}

/** A page and what went wrong on it: errors, messages of the console, requests beyond the file itself. */
export interface Opened {
  readonly page: Page;
  readonly troubles: readonly string[];
}

/** Opens a file, and waits until every chart that shows is drawn. */
async function openFile(
  browser: Browser,
  { path, size, theme, scripts = true }: OpenOptions & { readonly path: string },
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: theme,
    reducedMotion: "reduce",
    javaScriptEnabled: scripts,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  const address = `file://${path}`;
  page.on("console", (message) => troubles.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== address) troubles.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  if (scripts)
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>("figure.chart .picture")].every(
        (picture) => picture.clientWidth === 0 || picture.querySelector(".live svg") !== null,
      ),
    );
  return { page, troubles };
}

/** How to open what `render` gives, as a file, in a browser that the tests of a block share. */
export function inBrowser(render: () => string): (options: OpenOptions) => Promise<Opened> {
  let browser: Browser | undefined;
  let directory: string;
  const pathIn = () => join(directory, "report.html");
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "atoll-page-"));
    await writeFile(pathIn(), render());
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });
  return (options) => openFile(browser!, { path: pathIn(), ...options });
}

/** Unfolds all that is folded. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** Names of a chart's rows, from top to bottom, as a reader sees them: lines of one name stand at one place. */
export async function rowsOf(page: Page, chart: string): Promise<string[]> {
  const texts = await page.locator(`${chart} .live svg text[text-anchor=end]`).evaluateAll((all) =>
    all.map((text) => ({
      line: text.textContent ?? "",
      place: text.getAttribute("transform")!,
      top: text.getBoundingClientRect().top,
    })),
  );
  const rows = Map.groupBy(
    texts.toSorted((a, b) => a.top - b.top),
    ({ place }) => place,
  );
  return [...rows.values()].map((lines) => lines.map(({ line }) => line).join("\n"));
}

/** Texts of live charts that do not show as a whole. */
async function cutTexts(page: Page): Promise<string[]> {
  return page.locator("figure.chart .live svg").evaluateAll((charts) =>
    charts.flatMap((chart) => {
      const frame = chart.getBoundingClientRect();
      return [...chart.querySelectorAll("text")]
        .filter((text) => {
          const own = text.getBoundingClientRect();
          return own.width > 0 && (own.left < frame.left - 1 || own.right > frame.right + 1);
        })
        .map((text) => text.textContent ?? "");
    }),
  );
}

async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What axe finds of serious or critical impact: the rule, and the first elements that break it. */
async function seriousViolations(page: Page): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"));
  // Through the debugger, as the page's policy admits no script but its own.
  await page.evaluate(source.toString());
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: () => Promise<{
          violations: { id: string; impact: string; nodes: { html: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
}

/** What is wrong with how a page looks, as it opens and unfolded: all of it empty where nothing is. */
export async function flawsOf(page: Page) {
  const folded = await sidewaysScroll(page);
  await unfold(page);
  return {
    sideways: [folded, await sidewaysScroll(page)],
    cut: await cutTexts(page),
    violations: await seriousViolations(page),
    images: await page.locator("img").count(),
  };
}

export const FLAWLESS: Awaited<ReturnType<typeof flawsOf>> = {
  sideways: [0, 0],
  cut: [],
  violations: [],
  images: 0,
};
