import { FLOAT, LANES, rounded, upper } from "./vector";

/** x + scale y, in double precision, rounded once. */
function addScaledOnce(x: v128, scale: v128, y: v128): v128 {
  const low = f64x2.add(f64x2.promote_low_f32x4(x), f64x2.mul(scale, f64x2.promote_low_f32x4(y)));
  const high = f64x2.add(
    f64x2.promote_low_f32x4(upper(x)),
    f64x2.mul(scale, f64x2.promote_low_f32x4(upper(y))),
  );
  return rounded(low, high);
}

function scaledOnce(x: v128, scale: v128): v128 {
  return rounded(
    f64x2.mul(scale, f64x2.promote_low_f32x4(x)),
    f64x2.mul(scale, f64x2.promote_low_f32x4(upper(x))),
  );
}

/** out[n, :] <- scale[n] x[n, :] */
export function scaleRows(x: usize, width: i32, scale: usize, numRows: i32, out: usize): void {
  for (let n = 0; n < numRows; n++) {
    const factor = load<f32>(scale);
    for (let k = 0; k < width; k++) {
      store<f32>(out, factor * load<f32>(x));
      x += 4;
      out += 4;
    }
    scale += 4;
  }
}

/**
 * A layer of a propagation over a graph, from the rows of `table`:
 *
 *   v[n, :] = x[n, :] + scale[n] sum of table[neighbours[starts[n] .. starts[n + 1]), :]
 *
 * `out` takes share v where `last` is set, and otherwise scale[n] v[n, :], the table of the next layer.
 * Sums are taken in the order of neighbours; each product is rounded once.
 */
export function propagate(
  table: usize,
  width: i32,
  neighbours: usize,
  starts: usize,
  numNodes: i32,
  x: usize,
  scale: usize,
  share: f64,
  last: i32,
  out: usize,
): void {
  const bytes = (<usize>width) << FLOAT;
  const blocks = bytes & ~(4 * LANES - 1);
  const shares = f64x2.splat(share);
  for (let n = 0; n < numNodes; n++) {
    const from = neighbours + ((<usize>load<i32>(starts)) << FLOAT);
    const to = neighbours + ((<usize>load<i32>(starts + 4)) << FLOAT);
    const factor = load<f32>(scale);
    const factors = f64x2.splat(<f64>factor);
    const floats = f32x4.splat(factor);
    let i: usize = 0;
    for (; i < blocks; i += 4 * LANES) {
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      for (let at = from; at < to; at += 4) {
        const row = table + <usize>load<i32>(at) * bytes + i;
        a = f32x4.add(a, v128.load(row));
        b = f32x4.add(b, v128.load(row, 16));
        c = f32x4.add(c, v128.load(row, 32));
        d = f32x4.add(d, v128.load(row, 48));
      }
      a = addScaledOnce(v128.load(x + i), factors, a);
      b = addScaledOnce(v128.load(x + i, 16), factors, b);
      c = addScaledOnce(v128.load(x + i, 32), factors, c);
      d = addScaledOnce(v128.load(x + i, 48), factors, d);
      const end = out + i;
      v128.store(end, last ? scaledOnce(a, shares) : f32x4.mul(a, floats));
      v128.store(end, last ? scaledOnce(b, shares) : f32x4.mul(b, floats), 16);
      v128.store(end, last ? scaledOnce(c, shares) : f32x4.mul(c, floats), 32);
      v128.store(end, last ? scaledOnce(d, shares) : f32x4.mul(d, floats), 48);
    }
    for (; i < bytes; i += 4) {
      let sum: f32 = 0;
      for (let at = from; at < to; at += 4)
        sum += load<f32>(table + <usize>load<i32>(at) * bytes + i);
      const value = <f32>(<f64>load<f32>(x + i) + <f64>factor * <f64>sum);
      store<f32>(out + i, last ? <f32>(share * <f64>value) : factor * value);
    }
    starts += 4;
    scale += 4;
    x += bytes;
    out += bytes;
  }
}
