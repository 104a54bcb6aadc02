import { FLOAT, LANES, wholeLanes } from "./vector";

/** A hash of 32 bits in which every bit of the input moves every bit of the output (lowbias32). */
function mixed(x: v128): v128 {
  let h = v128.xor(x, i32x4.shr_u(x, 16));
  h = i32x4.mul(h, i32x4.splat(0x7feb352d));
  h = v128.xor(h, i32x4.shr_u(h, 15));
  h = i32x4.mul(h, i32x4.splat(<i32>0x846ca68b));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/**
 * out[i] <- value where the i-th draw of the key is at least `threshold` (of 2^32), else 0. Draw i is a
 * hash of the counter i and the key, so that draws do not depend on the order in which they are made.
 */
export function fillMask(
  out: usize,
  length: i32,
  key: i32,
  otherKey: i32,
  threshold: i32,
  value: f32,
): void {
  const keys = i32x4.splat(key);
  const otherKeys = i32x4.splat(otherKey);
  // Unsigned comparison by moving both sides down by 2^31.
  const sign = i32x4.splat(i32.MIN_VALUE);
  const limit = i32x4.splat(threshold ^ i32.MIN_VALUE);
  const values = f32x4.splat(value);
  const bytes = (<usize>length) << FLOAT;
  const whole = wholeLanes(bytes);
  let counter = i32x4(0, 1, 2, 3);
  const four = i32x4.splat(4);
  let i: usize = 0;
  for (; i < whole; i += LANES) {
    const draw = mixed(v128.xor(mixed(i32x4.add(counter, keys)), otherKeys));
    const kept = i32x4.ge_s(v128.xor(draw, sign), limit);
    v128.store(out + i, v128.and(kept, values));
    counter = i32x4.add(counter, four);
  }
  if (i < bytes) {
    const draw = mixed(v128.xor(mixed(i32x4.add(counter, keys)), otherKeys));
    const kept = v128.and(i32x4.ge_s(v128.xor(draw, sign), limit), values);
    store<f32>(out + i, f32x4.extract_lane(kept, 0));
    if (i + 4 < bytes) store<f32>(out + i + 4, f32x4.extract_lane(kept, 1));
    if (i + 8 < bytes) store<f32>(out + i + 8, f32x4.extract_lane(kept, 2));
  }
}
