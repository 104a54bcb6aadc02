import { epsilonCurves, type EpsilonCurve } from "../charts/epsilon-curves.ts";
import { html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { keyList } from "../widgets/key-list.ts";
import { stillPage } from "../page/index.ts";

export interface CurvesPage {
  readonly eyebrow: string;
  readonly title: string;
  readonly curves: readonly EpsilonCurve[];
  /** What is counted along the axis. */
  readonly unit: string;
  readonly cap?: number | undefined;
  /** The numbers of the curves; the first row names the columns. */
  readonly table: readonly (readonly string[])[];
  readonly notes: readonly string[];
  /** The command that the page repeats. */
  readonly source: string;
}

/** How epsilon grows with what is released. */
export function renderCurves({
  eyebrow,
  title,
  curves,
  unit,
  cap,
  table,
  notes,
  source,
}: CurvesPage): string {
  const [header = [], ...rows] = table;
  return stillPage({
    kind: "privacy",
    eyebrow,
    title,
    source,
    sections: [
      {
        id: "curve",
        title: `Epsilon by ${unit}`,
        content: html`${keyList(curves)}
          <figure class="card chart-card">
            ${epsilonCurves(curves, { unit, cap, label: `Epsilon by ${unit}` })}
          </figure>`,
      },
      {
        id: "numbers",
        title: "The numbers",
        content: html`${scrollTable(
            html`<thead>
                <tr>
                  ${header.map((name) => html`<th scope="col">${name}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  ([first, ...others]) =>
                    html`<tr>
                      <th scope="row">${first}</th>
                      ${others.map((cell) => html`<td>${cell}</td>`)}
                    </tr>`,
                )}
              </tbody>`,
            { label: "Epsilon" },
          )}
          <ul class="notes">
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>`,
      },
    ],
  });
}
