import { Html, html } from "../html.ts";
import { sectionMarkup, type Section } from "../sections/section.ts";
import { styleSheet } from "../style/index.ts";
import { LOGO } from "../widgets/logo.ts";

export interface PrivacyPage {
  readonly eyebrow: string;
  readonly title: string;
  readonly sections: readonly Section[];
  /** What the page was made by. */
  readonly source: string;
}

/** A page of `atoll privacy`: one HTML file that needs nothing else, not even a script. */
export function privacyPage({ eyebrow, title, sections, source }: PrivacyPage): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${new Html(styleSheet(1))}
        </style>
      </head>
      <body>
        <div class="wrap">
          <div class="brand">${LOGO}<strong>Atoll</strong> privacy</div>
          <main>
            <header class="hero">
              <p class="eyebrow">${eyebrow}</p>
              <h1>${title}</h1>
            </header>
            ${sections.map(sectionMarkup)}
          </main>
          <footer>Made by ${source}.</footer>
        </div>
      </body>
    </html> `.markup;
}
