import { html, type Html } from "../html.ts";

/** Shades of a cell that is not empty; the theme knows as many. */
const SHADES = 6;

export interface HeatRow {
  readonly label: string;
  /** At least 0; the columns are the same in every row. */
  readonly values: readonly number[];
  /** What stands for the deepest shade. */
  readonly most: number;
  /** In the second colour, for a row that sums up the others. */
  readonly summary?: boolean;
}

/**
 * Rows of shaded cells with their names beside them. Cells stretch to the width there is, so that a few
 * hundred columns stand on a phone as well. Shades go by the square root: what is rare stays visible.
 */
export function heatMap(rows: readonly HeatRow[], label: string): Html {
  return html`<div class="heat" role="img" aria-label="${label}">
    ${rows.map(
      ({ label: name, values, most, summary }) =>
        html`<span class="heat-label">${name}</span>
          <svg
            class="${summary === true ? "heat-row summary" : "heat-row"}"
            viewBox="0 0 ${Math.max(1, values.length)} 1"
            preserveAspectRatio="none"
            width="100%"
            aria-hidden="true"
          >
            ${shadesOf(values, most).map(
              (columns, shade) =>
                columns.length > 0 &&
                html`<path class="h${shade + 1}" d="${runsOf(columns).join("")}" />`,
            )}
          </svg>`,
    )}
  </div>`;
}

/** Columns by shade, the palest first. */
function shadesOf(values: readonly number[], most: number): number[][] {
  const columns = Array.from({ length: SHADES }, (): number[] => []);
  values.forEach((value, column) => {
    if (value <= 0) return;
    const depth = most > 0 ? Math.sqrt(Math.min(1, value / most)) : 1;
    columns[Math.min(SHADES - 1, Math.max(0, Math.ceil(depth * SHADES) - 1))]!.push(column);
  });
  return columns;
}

/** Neighbours become one rectangle: smaller, and without seams. */
function runsOf(columns: readonly number[]): string[] {
  const runs: { from: number; length: number }[] = [];
  for (const column of columns) {
    const last = runs.at(-1);
    if (last !== undefined && last.from + last.length === column) last.length += 1;
    else runs.push({ from: column, length: 1 });
  }
  return runs.map(({ from, length }) => `M${from} 0h${length}v1h-${length}z`);
}
