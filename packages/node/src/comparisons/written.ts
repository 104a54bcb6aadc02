import type { Path } from "../experiment/index.ts";
import type { SettingValue } from "../tune/index.ts";

/** A block of an experiment as a person wrote it: some settings, no defaults. */
export type Written = Readonly<Record<string, unknown>>;

/**
 * A block with one setting put in its place. Blocks on the way that are left to their defaults are opened with no
 * more than their `kind`, taken from `resolved`, so that the defaults of another kind still apply; `undefined`
 * where a value that holds no settings, or a list's missing entry, is in the way.
 */
export function withSetting(
  block: unknown,
  path: Path,
  { value, resolved }: { readonly value: SettingValue; readonly resolved: unknown },
): { readonly block: unknown } | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return { block: value };
  const own = block ?? opened(resolved);
  if (typeof own !== "object") return undefined;
  if (Array.isArray(own) && !(typeof key === "number" && key < own.length)) return undefined;
  const inner = withSetting((own as Written)[key], rest, {
    value,
    resolved: memberOf(resolved, key),
  });
  if (inner === undefined) return undefined;
  return {
    block: Array.isArray(own)
      ? own.with(key as number, inner.block)
      : { ...own, [key]: inner.block },
  };
}

function opened(resolved: unknown): Written {
  const kind = memberOf(resolved, "kind");
  return kind === undefined ? {} : { kind };
}

export function memberOf(block: unknown, key: string | number): unknown {
  return typeof block === "object" && block !== null ? (block as Written)[key] : undefined;
}
