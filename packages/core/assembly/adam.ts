import { FLOAT, LANES, wholeLanes } from "./vector";

/**
 * g <- g + l2 p,  m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2
 * p <- shrink p - stepSize m / (sqrt(v squareScale) + epsilon)
 *
 * over `length` entries. The caller folds the bias corrections into stepSize and squareScale.
 */
export function adam(
  parameters: usize,
  gradient: usize,
  mean: usize,
  square: usize,
  length: i32,
  l2: f32,
  shrink: f32,
  stepSize: f32,
  squareScale: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
): void {
  const l2s = f32x4.splat(l2);
  const shrinks = f32x4.splat(shrink);
  const steps = f32x4.splat(stepSize);
  const scales = f32x4.splat(squareScale);
  const b1 = f32x4.splat(beta1);
  const b2 = f32x4.splat(beta2);
  const r1 = f32x4.splat(rest1);
  const r2 = f32x4.splat(rest2);
  const floor = f32x4.splat(epsilon);
  const bytes = (<usize>length) << FLOAT;
  const whole = wholeLanes(bytes);
  let i: usize = 0;
  for (; i < whole; i += LANES) {
    const p = v128.load(parameters + i);
    const g = f32x4.add(v128.load(gradient + i), f32x4.mul(l2s, p));
    const m = f32x4.add(f32x4.mul(b1, v128.load(mean + i)), f32x4.mul(r1, g));
    const v = f32x4.add(f32x4.mul(b2, v128.load(square + i)), f32x4.mul(r2, f32x4.mul(g, g)));
    v128.store(mean + i, m);
    v128.store(square + i, v);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, scales)), floor);
    const move = f32x4.div(f32x4.mul(steps, m), root);
    v128.store(parameters + i, f32x4.sub(f32x4.mul(shrinks, p), move));
  }
  for (; i < bytes; i += 4) {
    const p = load<f32>(parameters + i);
    const g = load<f32>(gradient + i) + l2 * p;
    const m = beta1 * load<f32>(mean + i) + rest1 * g;
    const v = beta2 * load<f32>(square + i) + rest2 * (g * g);
    store<f32>(mean + i, m);
    store<f32>(square + i, v);
    const move = (stepSize * m) / (sqrt<f32>(v * squareScale) + epsilon);
    store<f32>(parameters + i, shrink * p - move);
  }
}

/** Adam on the rows `rows[0 .. count)` of a table, whose summed gradients lie one after another. */
export function adamRows(
  values: usize,
  sums: usize,
  mean: usize,
  square: usize,
  rows: usize,
  count: i32,
  width: i32,
  l2: f32,
  stepSize: f32,
  squareScale: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
): void {
  const bytes = (<usize>width) << FLOAT;
  for (let slot = 0; slot < count; slot++) {
    const at = <usize>load<i32>(rows + ((<usize>slot) << FLOAT)) * bytes;
    adam(
      values + at,
      sums + <usize>slot * bytes,
      mean + at,
      square + at,
      width,
      l2,
      1,
      stepSize,
      squareScale,
      beta1,
      beta2,
      rest1,
      rest2,
      epsilon,
    );
  }
}
