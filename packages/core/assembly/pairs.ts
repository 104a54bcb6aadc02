import { FLOAT, LANES, rounded, upper, wholeLanes } from "./vector";

/** The address of row `place` of those that a list names, the first of which is row `first` of the vectors. */
function rowAt(vectors: usize, list: usize, place: i32, first: i32, bytes: usize): usize {
  return vectors + <usize>(first + load<i32>(list + ((<usize>place) << FLOAT))) * bytes;
}

function promotedHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(upper(x));
}

/** x + a y, in double precision, rounded once. */
function addedOnce(x: v128, a: v128, low: v128, high: v128): v128 {
  const l = f64x2.add(f64x2.promote_low_f32x4(x), f64x2.mul(a, low));
  const h = f64x2.add(promotedHigh(x), f64x2.mul(a, high));
  return rounded(l, h);
}

/**
 * out[t] <- <v_u, v_j - v_i> of triples (user, positive i, negative j), summed in double precision in the order of entries. Rows of
 * `vectors` are users, and items from row `firstItem` on.
 */
export function pairProducts(
  vectors: usize,
  users: usize,
  positives: usize,
  negatives: usize,
  count: i32,
  width: i32,
  firstItem: i32,
  out: usize,
): void {
  const bytes = (<usize>width) << FLOAT;
  for (let t = 0; t < count; t++) {
    const u = rowAt(vectors, users, t, 0, bytes);
    const i = rowAt(vectors, positives, t, firstItem, bytes);
    const j = rowAt(vectors, negatives, t, firstItem, bytes);
    let sum: f64 = 0;
    for (let k: usize = 0; k < bytes; k += 4)
      sum += <f64>load<f32>(u + k) * (<f64>load<f32>(j + k) - <f64>load<f32>(i + k));
    store<f64>(out + ((<usize>t) << 3), sum);
  }
}

/** g_u <- g_u + s (v_j - v_i),  g_j <- g_j + s v_u,  g_i <- g_i - s v_u, triple after triple; each sum is rounded once. */
export function addPairGradients(
  vectors: usize,
  gradient: usize,
  users: usize,
  positives: usize,
  negatives: usize,
  slopes: usize,
  count: i32,
  width: i32,
  firstItem: i32,
): void {
  const bytes = (<usize>width) << FLOAT;
  const whole = wholeLanes(bytes);
  const toGradient = gradient - vectors;
  for (let t = 0; t < count; t++) {
    const u = rowAt(vectors, users, t, 0, bytes);
    const i = rowAt(vectors, positives, t, firstItem, bytes);
    const j = rowAt(vectors, negatives, t, firstItem, bytes);
    const slope = load<f64>(slopes + ((<usize>t) << 3));
    const up = f64x2.splat(slope);
    const down = f64x2.splat(-slope);
    const gu = u + toGradient;
    const gi = i + toGradient;
    const gj = j + toGradient;
    let k: usize = 0;
    for (; k < whole; k += LANES) {
      const own = v128.load(u + k);
      const positive = v128.load(i + k);
      const negative = v128.load(j + k);
      const low = f64x2.sub(f64x2.promote_low_f32x4(negative), f64x2.promote_low_f32x4(positive));
      const high = f64x2.sub(promotedHigh(negative), promotedHigh(positive));
      v128.store(gu + k, addedOnce(v128.load(gu + k), up, low, high));
      const ownLow = f64x2.promote_low_f32x4(own);
      const ownHigh = promotedHigh(own);
      v128.store(gj + k, addedOnce(v128.load(gj + k), up, ownLow, ownHigh));
      v128.store(gi + k, addedOnce(v128.load(gi + k), down, ownLow, ownHigh));
    }
    for (; k < bytes; k += 4) {
      const own = <f64>load<f32>(u + k);
      const apart = <f64>load<f32>(j + k) - <f64>load<f32>(i + k);
      store<f32>(gu + k, <f32>(<f64>load<f32>(gu + k) + slope * apart));
      store<f32>(gj + k, <f32>(<f64>load<f32>(gj + k) + slope * own));
      store<f32>(gi + k, <f32>(<f64>load<f32>(gi + k) - slope * own));
    }
  }
}

/** g_r <- g_r + share v_r for each r of a list of rows, as often as it stands there; gives the sum of |v_r|^2. */
export function addRowDecay(
  vectors: usize,
  gradient: usize,
  rows: usize,
  count: i32,
  first: i32,
  width: i32,
  share: f64,
): f64 {
  const bytes = (<usize>width) << FLOAT;
  const whole = wholeLanes(bytes);
  const shares = f64x2.splat(share);
  let squares = f64x2.splat(0);
  let rest: f64 = 0;
  for (let t = 0; t < count; t++) {
    const v = rowAt(vectors, rows, t, first, bytes);
    const g = v + (gradient - vectors);
    let k: usize = 0;
    for (; k < whole; k += LANES) {
      const value = v128.load(v + k);
      const low = f64x2.promote_low_f32x4(value);
      const high = promotedHigh(value);
      squares = f64x2.add(squares, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
      v128.store(g + k, addedOnce(v128.load(g + k), shares, low, high));
    }
    for (; k < bytes; k += 4) {
      const value = <f64>load<f32>(v + k);
      rest += value * value;
      store<f32>(g + k, <f32>(<f64>load<f32>(g + k) + share * value));
    }
  }
  return rest + f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}
