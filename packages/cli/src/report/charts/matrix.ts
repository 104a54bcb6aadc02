import { html, type Html } from "../html.ts";

/** Where the shades of a side begin, the palest first; what is nearer to 0 than the first has none. */
export const COSINE_STEPS = [0.05, 0.15, 0.3, 0.5, 0.75] as const;

/** A matrix of numbers from -1 to 1; null where nothing is known. */
export type SignedMatrix = readonly (readonly (number | null)[])[];

/**
 * A square of shaded cells, row by row: one colour above 0, another below. Cells of a shade are one path, so that
 * many matrices of many clients stay a small file. The diagonal, which is 1 of any matrix of cosines, is empty.
 */
export function matrixChart(rows: SignedMatrix, label: string): Html {
  const size = Math.max(1, rows.length);
  const cells = new Map<string, string[]>();
  const diagonal = rows.map((_, k) => cell(k, k)).join("");
  const unknown: string[] = [];
  rows.forEach((row, k) =>
    row.forEach((value, j) => {
      if (j === k) return;
      if (value === null) unknown.push(cell(k, j));
      const name = shadeOf(value ?? 0);
      if (name !== undefined) cells.set(name, [...(cells.get(name) ?? []), cell(k, j)]);
    }),
  );
  return html`<svg
    class="matrix"
    viewBox="0 0 ${size} ${size}"
    width="100%"
    role="img"
    aria-label="${label}"
  >
    <rect class="ground" width="${size}" height="${size}" />
    ${[...cells]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, paths]) => html`<path class="${name}" d="${paths.join("")}" />`)}
    ${unknown.length > 0 && html`<path class="unknown" d="${unknown.join("")}" />`}
    <path class="diagonal" d="${diagonal}" />
  </svg>`;
}

/** `p3`: the third shade above 0; `n1`: the palest below. */
export function shadeOf(value: number): string | undefined {
  const depth = COSINE_STEPS.filter((step) => Math.abs(value) >= step).length;
  return depth === 0 ? undefined : `${value > 0 ? "p" : "n"}${depth}`;
}

/** A hair smaller than its place: cells stay apart at any size. */
function cell(row: number, column: number): string {
  return `M${column + 0.03} ${row + 0.03}h.94v.94h-.94z`;
}
