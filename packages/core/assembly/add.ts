import { FLOAT, LANES, wholeLanes } from "./vector";

/** t <- t + x, over `length` entries. */
export function addTo(target: usize, values: usize, length: i32): void {
  const bytes = (<usize>length) << FLOAT;
  const whole = wholeLanes(bytes);
  let i: usize = 0;
  for (; i < whole; i += LANES)
    v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(values + i)));
  for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(target + i) + load<f32>(values + i));
}
