/** What was made of dictionaries, which many features and, on disk, many blocks share. */
const made = new WeakMap<readonly string[], Map<string, unknown>>();

/** What `make` makes of a dictionary, made once; `key` says what that is. After `spoilt` it is not kept. */
export function oncePer<T>(
  values: readonly string[],
  key: string,
  make: (spoilt: () => void) => T,
): T {
  let known = made.get(values);
  if (known === undefined) made.set(values, (known = new Map<string, unknown>()));
  if (known.has(key)) return known.get(key) as T;
  let keep = true;
  const value = make(() => (keep = false));
  if (keep) known.set(key, value);
  return value;
}
