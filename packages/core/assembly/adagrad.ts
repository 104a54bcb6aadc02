import { FLOAT, LANES, wholeLanes } from "./vector";

/** g <- g + l2 p,  s <- s + g^2,  p <- p - rate g / (sqrt(s) + epsilon), over `length` entries. */
export function adagrad(
  parameters: usize,
  gradient: usize,
  sum: usize,
  length: i32,
  l2: f32,
  rate: f32,
  epsilon: f32,
): void {
  const l2s = f32x4.splat(l2);
  const rates = f32x4.splat(rate);
  const floor = f32x4.splat(epsilon);
  const bytes = (<usize>length) << FLOAT;
  const whole = wholeLanes(bytes);
  let i: usize = 0;
  for (; i < whole; i += LANES) {
    const p = v128.load(parameters + i);
    const g = f32x4.add(v128.load(gradient + i), f32x4.mul(l2s, p));
    const s = f32x4.add(v128.load(sum + i), f32x4.mul(g, g));
    v128.store(sum + i, s);
    const move = f32x4.div(f32x4.mul(rates, g), f32x4.add(f32x4.sqrt(s), floor));
    v128.store(parameters + i, f32x4.sub(p, move));
  }
  for (; i < bytes; i += 4) {
    const p = load<f32>(parameters + i);
    const g = load<f32>(gradient + i) + l2 * p;
    const s = load<f32>(sum + i) + g * g;
    store<f32>(sum + i, s);
    store<f32>(parameters + i, p - (rate * g) / (sqrt<f32>(s) + epsilon));
  }
}

/** Adagrad on the rows `rows[0 .. count)` of a table. */
export function adagradRows(
  values: usize,
  sums: usize,
  accumulator: usize,
  rows: usize,
  count: i32,
  width: i32,
  l2: f32,
  rate: f32,
  epsilon: f32,
): void {
  const bytes = (<usize>width) << FLOAT;
  for (let slot = 0; slot < count; slot++) {
    const at = <usize>load<i32>(rows + ((<usize>slot) << FLOAT)) * bytes;
    const from = sums + <usize>slot * bytes;
    adagrad(values + at, from, accumulator + at, width, l2, rate, epsilon);
  }
}

/**
 * One accumulator a row: s_row <- s_row + mean_k g_k^2,  p <- p - rate g / (sqrt(s_row) + epsilon).
 */
export function rowwiseAdagradRows(
  values: usize,
  sums: usize,
  accumulator: usize,
  rows: usize,
  count: i32,
  width: i32,
  l2: f32,
  rate: f32,
  epsilon: f32,
): void {
  const bytes = (<usize>width) << FLOAT;
  const whole = wholeLanes(bytes);
  const l2s = f32x4.splat(l2);
  for (let slot = 0; slot < count; slot++) {
    const row = <usize>load<i32>(rows + ((<usize>slot) << FLOAT));
    const at = values + row * bytes;
    const from = sums + <usize>slot * bytes;
    let partial = f32x4.splat(0);
    let i: usize = 0;
    for (; i < whole; i += LANES) {
      const g = f32x4.add(v128.load(from + i), f32x4.mul(l2s, v128.load(at + i)));
      partial = f32x4.add(partial, f32x4.mul(g, g));
    }
    let squares =
      f32x4.extract_lane(partial, 0) +
      f32x4.extract_lane(partial, 1) +
      f32x4.extract_lane(partial, 2) +
      f32x4.extract_lane(partial, 3);
    for (; i < bytes; i += 4) {
      const g = load<f32>(from + i) + l2 * load<f32>(at + i);
      squares += g * g;
    }
    const entry = accumulator + (row << FLOAT);
    const s = load<f32>(entry) + squares / <f32>width;
    store<f32>(entry, s);
    const own = rate / (sqrt<f32>(s) + epsilon);
    const owns = f32x4.splat(own);
    for (i = 0; i < whole; i += LANES) {
      const p = v128.load(at + i);
      const g = f32x4.add(v128.load(from + i), f32x4.mul(l2s, p));
      v128.store(at + i, f32x4.sub(p, f32x4.mul(owns, g)));
    }
    for (; i < bytes; i += 4) {
      const p = load<f32>(at + i);
      store<f32>(at + i, p - own * (load<f32>(from + i) + l2 * p));
    }
  }
}
