import { answer } from "./answer.ts";
import { factsOf } from "./facts.ts";
import { Html, html } from "./html.ts";
import type { ReportInput } from "./input.ts";
import { codebooksSection } from "./sections/codebooks.ts";
import { comparison } from "./sections/comparison.ts";
import { conflictSection, MOST_PARTS } from "./sections/conflict.ts";
import { cost } from "./sections/cost.ts";
import { domainsSection } from "./sections/domains.ts";
import { gains } from "./sections/gains.ts";
import { hero } from "./sections/hero.ts";
import { leakageSection } from "./sections/leakage.ts";
import { learning } from "./sections/learning.ts";
import { messagesSection } from "./sections/messages.ts";
import { privacySection } from "./sections/privacy.ts";
import { protocol } from "./sections/protocol.ts";
import { sectionMarkup, type Section } from "./sections/section.ts";
import { styleSheet } from "./style/index.ts";
import { LOGO } from "./widgets/logo.ts";

/** The report of a run: one HTML file that needs nothing else, not even a script. */
export function renderReport(input: ReportInput): string {
  const { result, lines, environment, messages } = input;
  const facts = factsOf(result);
  const told = answer(result);
  const optional: (Section | undefined)[] = [
    comparison(facts),
    gains(facts),
    learning(facts, lines),
    privacySection(facts),
    cost(facts, input.codebooks),
    conflictSection(facts),
    codebooksSection(facts, input.codebooks),
    domainsSection(facts, input.domains),
    messagesSection(messages, facts),
    leakageSection(facts),
    protocol(facts, environment),
  ];
  const sections = optional.filter((section) => section !== undefined);
  const longest = Math.max(facts.metrics.length, facts.methods.length, MOST_PARTS);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${told.headline}</title>
        <style>
          ${new Html(styleSheet(longest))}
        </style>
      </head>
      <body>
        <a class="skip" href="#comparison">Skip to the results</a>
        <div class="wrap">
          <div class="brand">${LOGO}<strong>Atoll</strong> report</div>
          <main>
            ${hero(told, facts)}
            <nav aria-label="Sections">
              <ul>
                ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
              </ul>
            </nav>
            ${sections.map(sectionMarkup)}
          </main>
          <footer>Made by Atoll from result.json and metrics.jsonl of this run.</footer>
        </div>
      </body>
    </html> `.markup;
}
