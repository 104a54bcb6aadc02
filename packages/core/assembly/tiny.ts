import { FLOAT, LANES, wholeLanes } from "./vector";

/** Makes 0 of numbers that are smaller than `bound` in size; what is no number stays so. */
export function zeroTiny(values: usize, length: i32, bound: f32): void {
  const bounds = f32x4.splat(bound);
  const bytes = (<usize>length) << FLOAT;
  const whole = wholeLanes(bytes);
  let i: usize = 0;
  for (; i < whole; i += LANES) {
    const x = v128.load(values + i);
    v128.store(values + i, v128.andnot(x, f32x4.lt(f32x4.abs(x), bounds)));
  }
  for (; i < bytes; i += 4) if (abs<f32>(load<f32>(values + i)) < bound) store<f32>(values + i, 0);
}
