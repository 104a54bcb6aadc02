import { GLYPHS, type PointLook } from "../charts/symbols.ts";
import { html, type Html } from "../html.ts";

/** Which shape and colour stands for what. */
export function shapeKeys(looks: readonly (readonly [name: string, look: PointLook])[]): Html {
  return html`<ul class="markets">
    ${looks.map(
      ([name, { symbol, colour, filled }]) =>
        html`<li>
          <span style="color:${colour}" aria-hidden="true">${GLYPHS[symbol][filled ? 1 : 0]}</span>
          ${name}
        </li>`,
    )}
  </ul>`;
}
