/** Bytes of one float32, as a shift. */
export const FLOAT: usize = 2;

/** Elements that one vector register holds, in bytes. */
export const LANES: usize = 16;

/** The end of the part of `bytes` that whole registers cover. */
export function wholeLanes(bytes: usize): usize {
  return bytes & ~(LANES - 1);
}

/** The upper two of four numbers, in both halves. */
export function upper(x: v128): v128 {
  return v128.shuffle<f64>(x, x, 1, 1);
}

/** Four numbers of twice two in double precision. */
export function rounded(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/**
 * Numbers that are kept from step to step and are smaller than this count as 0. Weights of dead units under weight decay, and
 * means of gradients that stay away, would shrink below 1.2e-38 and rest there: every product with such a number takes a
 * processor a hundred times as long.
 */
export const TINY: f32 = 7.888609052210118e-31; // 2^-100

/** A register with what is tiny made 0; what is no number stays so. */
export function withoutTiny(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(TINY)));
}

/** The same of one number. */
export function orZero(x: f32): f32 {
  return abs<f32>(x) < TINY ? 0 : x;
}
