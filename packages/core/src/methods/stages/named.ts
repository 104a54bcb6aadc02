/** The entries whose names pass. */
export function only<T>(
  entries: Readonly<Record<string, T>>,
  keep: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => keep(name)));
}

/** The entries under longer names. */
export function prefixed<T>(
  prefix: string,
  entries: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [prefix + name, value]));
}

/** Those of the entries that `prefixed` made, under their own names. */
export function unprefixed<T>(
  prefix: string,
  entries: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(entries)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
