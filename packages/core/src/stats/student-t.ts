import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * The chance that Student's t with `degrees` degrees of freedom (not necessarily whole) is at least
 * `t` away from 0:
 *
 *   P(|T| >= t) = I_{v / (v + t^2)}(v / 2, 1 / 2)
 */
export function studentTail(t: number, degrees: number): number {
  const square = t * t;
  if (square === Infinity) return 0;
  const whole = degrees + square;
  return incompleteBeta(degrees / whole, square / whole, degrees / 2, 0.5);
}

/** The t with `studentTail(t, degrees) = tail`, by bisection: 12.706 for 0.05 and 1, 1.96 for many. */
export function studentCritical(tail: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (studentTail(high, degrees) > tail) high *= 2;
  for (let step = 0; step < 60 && high - low > 1e-13 * high; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
