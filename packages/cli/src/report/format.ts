/** U+202F, between a number and its unit and between groups of thousands. */
const THIN = "\u202F";
const MINUS = "\u2212";

/** What stands where a number is missing. */
export const MISSING = "\u2013";

/** A value of a metric: four decimals. */
export function metricValue(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  return value.toFixed(4).replace("-", MINUS);
}

/**
 * A difference with its sign; what rounds to zero has none.
 *
 * @example
 * signed(0.02104) // "+0.0210"
 */
export function signed(value: number | undefined, decimals = 4): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  const size = Math.abs(value).toFixed(decimals);
  if (Number(size) === 0) return size;
  return `${value > 0 ? "+" : MINUS}${size}`;
}

/** Half the width of an interval: `± 0.0123`. */
export function halfWidth(low: number, high: number): string {
  return `\u00B1${THIN}${metricValue((high - low) / 2)}`;
}

/** An interval of differences: `[−0.0010, +0.0123]`. */
export function signedInterval(low: number, high: number, decimals = 4): string {
  return `[${signed(low, decimals)}, ${signed(high, decimals)}]`;
}

/** A whole number with thin spaces between thousands. */
export function count(value: number): string {
  const digits = Math.abs(Math.round(value)).toFixed(0);
  const grouped = digits.length > 4 ? digits.replaceAll(/\B(?=(\d{3})+$)/g, THIN) : digits;
  return value < 0 ? MINUS + grouped : grouped;
}

/** Rounds per seed: whole where they are whole, else one decimal. */
export function mean(value: number): string {
  return Number.isInteger(value) ? count(value) : value.toFixed(1);
}

const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Three significant figures in decimal units. */
export function bytes(value: number): string {
  let unit = 0;
  let size = value;
  // 999.5 would print as 1000 with three figures
  while (size >= 999.5 && unit < byteUnits.length - 1) {
    size /= 1000;
    unit++;
  }
  const decimals = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${size.toFixed(decimals)}${THIN}${byteUnits[unit]}`;
}

/** The unit in which a chart shows bytes up to this many: its name and its size. */
export function byteUnitOf(largest: number): { readonly name: string; readonly size: number } {
  const power = Math.min(
    byteUnits.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(1, largest)) / 3)),
  );
  return { name: byteUnits[power]!, size: 1000 ** power };
}

/** Wall-clock time for a reader: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)}${THIN}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${THIN}s`;
  const minutes = whole < 3600 ? Math.floor(whole / 60) : Math.round(whole / 60);
  if (minutes < 60) return `${minutes}${THIN}min${rest(whole % 60, "s")}`;
  return `${Math.floor(minutes / 60)}${THIN}h${rest(minutes % 60, "min")}`;
}

function rest(value: number, unit: string): string {
  return value === 0 ? "" : ` ${value}${THIN}${unit}`;
}

/** A p-value as papers print it. */
export function pValue(p: number): string {
  return p < 0.001 ? "<\u202F0.001" : p.toFixed(3);
}

/** `a`, `a and b`, `a, b and c`; a long list is cut: `a, b, c and 9 more`. */
export function list(names: readonly string[], longest = Infinity): string {
  const shown = names.length > longest ? names.slice(0, longest - 1) : names;
  const parts = [...shown];
  if (shown.length < names.length) parts.push(`${names.length - shown.length} more`);
  const last = parts.pop();
  if (last === undefined) return "";
  return parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}
