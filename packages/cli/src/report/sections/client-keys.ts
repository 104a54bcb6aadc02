import { html, type Html } from "../html.ts";

/** Colours that the theme knows. */
const COLOURS = 8;

/** The theme's number of the i-th line's colour. */
export function palette(index: number): number {
  return 1 + (index % COLOURS);
}

/** Which colour is whose. */
export function markets(
  curves: readonly { readonly name: string; readonly colour: number }[],
): Html {
  return html`<ul class="markets">
    ${curves.map(
      ({ name, colour }) =>
        html`<li><span class="key" style="background:var(--s${colour})"></span>${name}</li>`,
    )}
  </ul>`;
}

/** A matrix of clients in numbers, cells classed by `classOf`. */
export function matrixTable(
  rows: readonly (readonly (number | null)[])[],
  names: readonly string[],
  text: (value: number | undefined) => string,
  classOf: (value: number) => string = () => "",
): Html {
  return html`<thead>
      <tr>
        <th scope="col"><span class="sr">Client</span></th>
        ${names.map((name) => html`<th scope="col" title="${name}">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row, k) =>
          html`<tr>
            <th scope="row">${names[k]}</th>
            ${row.map(
              (value) =>
                html`<td class="${value === null ? "" : classOf(value)}">
                  ${text(value ?? undefined)}
                </td>`,
            )}
          </tr>`,
      )}
    </tbody>`;
}
