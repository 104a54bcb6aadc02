const DIGITS = 4;

/**
 * A number that must not be understated, to four digits, rounded up; what is above is "infinity".
 *
 * @example
 * roundedUp(2.99991) // "3"
 */
export function roundedUp(value: number): string {
  if (value === Infinity) return "infinity";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(DIGITS));
  if (rounded >= value) return String(rounded);
  const step = 10 ** (Math.floor(Math.log10(value)) - DIGITS + 1);
  return String(Number((rounded + step).toPrecision(DIGITS)));
}
