/**
 * Milliseconds that a Retry-After header asks to wait: seconds, or a date of HTTP (RFC 9110, section 10.2.3).
 * Undefined where it is neither.
 *
 * @example
 * retryAfterMs("2", 0) // 2000
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const value = header.trim();
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  // Dates of HTTP name a day of the week; Date.parse alone would take "-5" for one.
  if (!/^[A-Z][a-z]{2}/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
