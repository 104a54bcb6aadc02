import { FLOAT, LANES, wholeLanes } from "./vector";

/** p <- p - rate (g + l2 p), over `length` entries. */
export function sgd(parameters: usize, gradient: usize, length: i32, l2: f32, rate: f32): void {
  const l2s = f32x4.splat(l2);
  const rates = f32x4.splat(rate);
  const bytes = (<usize>length) << FLOAT;
  const whole = wholeLanes(bytes);
  let i: usize = 0;
  for (; i < whole; i += LANES) {
    const p = v128.load(parameters + i);
    const g = f32x4.add(v128.load(gradient + i), f32x4.mul(l2s, p));
    v128.store(parameters + i, f32x4.sub(p, f32x4.mul(rates, g)));
  }
  for (; i < bytes; i += 4) {
    const p = load<f32>(parameters + i);
    store<f32>(parameters + i, p - rate * (load<f32>(gradient + i) + l2 * p));
  }
}

/** Gradient descent on the rows `rows[0 .. count)` of a table. */
export function sgdRows(
  values: usize,
  sums: usize,
  rows: usize,
  count: i32,
  width: i32,
  l2: f32,
  rate: f32,
): void {
  const bytes = (<usize>width) << FLOAT;
  for (let slot = 0; slot < count; slot++) {
    const at = <usize>load<i32>(rows + ((<usize>slot) << FLOAT)) * bytes;
    sgd(values + at, sums + <usize>slot * bytes, width, l2, rate);
  }
}
