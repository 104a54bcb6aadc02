/** The names that an index.d.ts exports; an index consists of named exports alone. */
export function exportedNames(declarations: string): string[] {
  return [...declarations.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap(([, names]) => names!.split(","))
    .map((name) =>
      name
        .trim()
        .replace(/^type /, "")
        .replace(/^.* as /, ""),
    )
    .filter((name) => name !== "")
    .toSorted();
}

/** The names of each namespace of an API report. */
export function reportedNames(report: string): ReadonlyMap<string, readonly string[]> {
  const blocks = report.matchAll(/^declare namespace (\w+) \{\n {4}export \{([^}]*)\}/gm);
  return new Map([...blocks].map(([, name, names]) => [name!, exportedNames(`export {${names}}`)]));
}

/** The namespace of an entry point in its package's report. */
export function namespaceOf(entry: string): string {
  return entry.replaceAll(/[^a-z]/g, "_");
}
