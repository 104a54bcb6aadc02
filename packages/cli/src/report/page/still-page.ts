import { Html, html } from "../html.ts";
import { sectionMarkup, type Section } from "../sections/section.ts";
import { styleSheet } from "../style/index.ts";
import { LOGO } from "../widgets/logo.ts";

export interface StillPage {
  readonly title: string;
  /** What kind of page it is, after the brand: `tune`. */
  readonly kind: string;
  /** What the page is about, above its title. */
  readonly eyebrow: string;
  /** Below the title. */
  readonly facts?: Html | false;
  /** Where the first link of the page leads, past what comes before it. */
  readonly skip?: { readonly to: string; readonly text: string };
  readonly sections: readonly Section[];
  /** What the page was made by. */
  readonly source: string;
  /** The largest number of choices that one switch offers. */
  readonly longest?: number;
  /** Rules of this page alone. */
  readonly style?: string;
}

/** A page whose pictures stand still: one HTML file that needs nothing else, not even a script. */
export function stillPage(page: StillPage): string {
  const { title, kind, eyebrow, facts = false, skip, sections, source } = page;
  const { longest = 1, style = "" } = page;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${new Html(styleSheet(longest) + style)}
        </style>
      </head>
      <body>
        ${skip && html`<a class="skip" href="#${skip.to}">${skip.text}</a>`}
        <div class="wrap">
          <div class="brand">${LOGO}<strong>Atoll</strong> ${kind}</div>
          <main>
            <header class="hero">
              <p class="eyebrow">${eyebrow}</p>
              <h1>${title}</h1>
              ${facts}
            </header>
            ${sections.map(sectionMarkup)}
          </main>
          <footer>Made by ${source}.</footer>
        </div>
      </body>
    </html> `.markup;
}
