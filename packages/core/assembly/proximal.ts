import { FLOAT, LANES, wholeLanes } from "./vector";

/** g <- g + mu (p - anchor), over `length` entries. */
export function addProximal(
  gradient: usize,
  parameters: usize,
  anchor: usize,
  length: i32,
  mu: f32,
): void {
  const mus = f32x4.splat(mu);
  const bytes = (<usize>length) << FLOAT;
  const whole = wholeLanes(bytes);
  let i: usize = 0;
  for (; i < whole; i += LANES) {
    const pull = f32x4.sub(v128.load(parameters + i), v128.load(anchor + i));
    v128.store(gradient + i, f32x4.add(v128.load(gradient + i), f32x4.mul(mus, pull)));
  }
  for (; i < bytes; i += 4) {
    const pull = load<f32>(parameters + i) - load<f32>(anchor + i);
    store<f32>(gradient + i, load<f32>(gradient + i) + mu * pull);
  }
}
