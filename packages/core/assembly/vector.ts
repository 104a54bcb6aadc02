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
