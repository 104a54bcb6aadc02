import { html, type Html, type Slot } from "../html.ts";

/** A part of the page, with its anchor. */
export interface Section {
  readonly id: string;
  /** A question, where the section answers one. */
  readonly title: string;
  /** The answer in one sentence, before the pictures. */
  readonly answer?: string;
  /** The answer in a few words, for the list of questions. */
  readonly brief?: string;
  readonly content: Html;
}

export function sectionMarkup({ id, title, answer, content }: Section): Html {
  return html`<section class="section" id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${answer !== undefined && html`<p class="answer">${answer}</p>`} ${content}
  </section>`;
}

export function block(title: string, ...content: readonly Slot[]): Html {
  return html`<div class="block">
    <h3>${title}</h3>
    ${content}
  </div>`;
}

/** What most readers do not need, behind its summary; open on paper. */
export function folded(summary: string, ...content: readonly Slot[]): Html {
  return html`<details class="fold">
    <summary>${summary}</summary>
    ${content}
  </details>`;
}
