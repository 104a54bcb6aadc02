import type { NextWord } from "./words.ts";

/** A uniform number of (0, 1): its digits to base 2^32, as many as were asked for so far. */
export type Deviate = number[];

/** Whether a < b, exactly: digits are drawn until two differ. */
export function less(a: Deviate, b: Deviate, next: NextWord): boolean {
  for (let i = 0; ; i++) {
    if (a.length === i) a.push(next());
    if (b.length === i) b.push(next());
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
}
