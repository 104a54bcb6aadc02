import { createHash } from "node:crypto";
import { ROW_LETTERS } from "../charts/chart.ts";
import { rowLabel } from "../charts/row-label.ts";
import { Html, html, type Slot } from "../html.ts";
import { sectionMarkup, type Section } from "../sections/section.ts";
import { styleSheet } from "../style/index.ts";
import { LOGO } from "../widgets/logo.ts";
import { drawCharts } from "./client/charts.ts";
import { unfoldForPrint } from "./client/print.ts";
import { sortTables } from "./client/tables.ts";
import { restoreTheme, themeButton } from "./client/theme.ts";
import { chartLibrary } from "./library.ts";

export interface Page {
  readonly title: string;
  /** What kind of page it is, after the brand: `report`. */
  readonly kind: string;
  /** The answer, before everything else: a `header` with the page's only `h1`. */
  readonly hero: Html;
  readonly sections: readonly Section[];
  /** What the page was made from. */
  readonly source: string;
  /** The largest number of choices that one switch offers. */
  readonly longest?: number;
  /** Rules of this page alone. */
  readonly style?: string;
}

/**
 * A page with charts: one HTML file that needs nothing else and asks for nothing. Only its own scripts may run, by
 * their hashes; without them every picture stands still and every table stands.
 */
export function renderPage(page: Page): string {
  const { title, kind, hero, sections, source, longest = 1, style = "" } = page;
  const head = `(${restoreTheme.toString()})();`;
  const library = chartLibrary();
  const foot = [
    `(${themeButton.toString()})();`,
    `(${sortTables.toString()})();`,
    `(${unfoldForPrint.toString()})();`,
    `(${drawCharts.toString()})(echarts, { rowLabel: ${rowLabel.toString()}, letters: ${JSON.stringify(ROW_LETTERS)} });`,
  ].join("\n");
  const hashes = [head, library, foot].map((script) => `'sha256-${sha256(script)}'`).join(" ");
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src ${new Html(hashes)}"
        />
        <title>${title}</title>
        <style>
          ${new Html(styleSheet(longest) + style)}
        </style>
        ${scriptOf(head)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the answer</a>
        <div class="wrap">
          <header class="brand">
            ${LOGO}<span><strong>Atoll</strong> ${kind}</span
            ><button class="theme" type="button" aria-pressed="false">Dark theme</button>
          </header>
          <main id="main" tabindex="-1">
            ${hero} ${contents(sections)} ${sections.map(sectionMarkup)}
          </main>
          <footer>${source}</footer>
        </div>
        ${scriptOf(library)}${scriptOf(foot)}
      </body>
    </html> `.markup;
}

/** The questions of the page, each with the short answer that its section begins with. */
function contents(sections: readonly Section[]): Slot {
  return html`<nav aria-label="Questions">
    <ol class="questions">
      ${sections.map(
        ({ id, title, brief }) =>
          html`<li>
            <a href="#${id}">${title}</a>${brief !== undefined && html`<span>${brief}</span>`}
          </li>`,
      )}
    </ol>
  </nav>`;
}

function scriptOf(text: string): Html {
  return new Html(`<script>${text}</script>`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
