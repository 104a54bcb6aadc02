import { html, type Html } from "../html.ts";

export interface Panel {
  readonly label: string;
  readonly content: Html;
}

export interface SwitchOptions {
  /** What is chosen, for screen readers. */
  readonly legend: string;
  /** Unique on the page. */
  readonly name: string;
}

/** Panels of which one shows at a time; a single panel needs no choice. */
export function switchOf(panels: readonly Panel[], { legend, name }: SwitchOptions): Html {
  const [only] = panels;
  if (panels.length === 1 && only !== undefined) return only.content;
  return html`<div class="switch">
    <fieldset class="choices">
      <legend class="sr">${legend}</legend>
      ${panels.map(
        (panel, i) =>
          html`<label
            ><input
              type="radio"
              name="${name}"
              autocomplete="off"
              ${i === 0 && html` checked`}
            />${panel.label}</label
          >`,
      )}
    </fieldset>
    <div class="panels">
      ${panels.map(
        (panel) =>
          html`<div>
            <h3 class="panel-title">${panel.label}</h3>
            ${panel.content}
          </div>`,
      )}
    </div>
  </div>`;
}
