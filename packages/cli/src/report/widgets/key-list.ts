import { html, type Html } from "../html.ts";

export interface Key {
  readonly name: string;
  /** Index of its colour in the theme, 0 to 8. */
  readonly colour: number;
  readonly dashed?: boolean;
  /** Lengths of dashes and gaps of a line, where lines differ by them. */
  readonly dashes?: readonly number[];
}

/** Which colour is what. */
export function keyList(keys: readonly Key[]): Html {
  return html`<ul class="markets">
    ${keys.map(
      ({ name, colour, dashed = false }) =>
        html`<li>
          <span
            class="key${dashed && " dashed-key"}"
            style="${dashed ? "border-color" : "background"}:var(--s${colour})"
          ></span
          >${name}
        </li>`,
    )}
  </ul>`;
}
