/**
 * Words as they are made vectors of: `category: bakeware; qualities: nonstick, set`. Values that say nothing
 * are left out, and so are keys without any; undefined where nothing is left.
 */
export function wordsOf(values: Readonly<Record<string, readonly string[]>>): string | undefined {
  const parts = Object.entries(values).flatMap(([key, phrases]) => {
    const said = phrases
      .map(plain)
      .filter((text) => text !== "" && !SILENT.has(text.toLowerCase()));
    return said.length === 0 ? [] : [`${key}: ${said.join(", ")}`];
  });
  return parts.length === 0 ? undefined : parts.join("; ");
}

const SILENT: ReadonlySet<string> = new Set(["unknown", "none", "n/a"]);

/** Without the separators of the words above. */
function plain(text: string): string {
  return text.replaceAll(/[\s;:,]+/g, " ").trim();
}
