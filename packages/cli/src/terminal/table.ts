import { stripVTControlCharacters } from "node:util";

/** Characters that a cell takes on screen. */
function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}

/** Rows of cells as aligned text: the first column to the left, all others to the right. */
export function table(
  rows: readonly (readonly string[])[],
  options: { readonly left?: readonly number[] } = {},
): string {
  const { left = [0] } = options;
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, widthOf(cell))));
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          const space = " ".repeat(widths[i]! - widthOf(cell));
          return left.includes(i) ? cell + space : space + cell;
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
