import { html, type Html, type Slot } from "../html.ts";

/** A part of the page, with its anchor. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

export function sectionMarkup({ id, title, content }: Section): Html {
  return html`<section class="section" id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;
}

export function block(title: string, ...content: readonly Slot[]): Html {
  return html`<div class="block">
    <h3>${title}</h3>
    ${content}
  </div>`;
}
