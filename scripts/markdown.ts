const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;

/** A Markdown table. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]) =>
  row(header) + row(header.map(() => "---")) + rows.map(row).join("");

export const signed = (value: number, digits = 4) =>
  `${value >= 0 ? "+" : ""}${value.toFixed(digits)}`;
