import { lax, nn, numpy as np } from "@jax-js/jax";
import { floats, integers, type Case } from "./agreement.laws.ts";

type Operands = readonly [np.Array, np.Array, np.Array];

/** A case of operands x, y of one shape and z of its last axes alone, which broadcasts. */
function pointwise(
  shape: readonly number[],
  operate: (...operands: Operands) => np.Array,
  low = -2,
  high = 2,
): Case {
  return {
    fn: ({ x, y, z }) => ({ out: operate(x!, y!, z!) }),
    inputs: [
      floats("x", shape, low, high),
      floats("y", shape, low, high),
      floats("z", shape.slice(1), low, high),
    ],
  };
}

function whole(shape: readonly number[], operate: (...operands: Operands) => np.Array): Case {
  return {
    fn: ({ x, y, z }) => ({ out: operate(x!, y!, z!).astype(np.int32) }),
    inputs: [
      integers("x", shape, -3, 4),
      integers("y", shape, -3, 4),
      integers("z", shape.slice(1), 1, 4),
    ],
  };
}

const bool = (x: np.Array) => x.greater(0);

/**
 * Cases that between them use every supported primitive, for any shape of at least one axis. Each is
 * run on random shapes.
 */
export const primitiveCases: Readonly<Record<string, (shape: readonly number[]) => Case>> = {
  add: (s) => pointwise(s, (x, y, z) => x.add(y).add(z).add(1.5)),
  "add and multiply truths": (s) =>
    pointwise(s, (x, y, z) => bool(x).add(bool(y)).mul(bool(z)).astype(np.float32)),
  "add integers": (s) => whole(s, (x, y, z) => x.add(y).mul(z)),
  asin: (s) => pointwise(s, (x) => np.arcsin(x), -0.9, 0.9),
  atan: (s) => pointwise(s, (x) => np.arctan(x)),
  bit_combine: (s) => whole(s, (x, y, z) => np.bitwiseXor(np.bitwiseAnd(x, y), np.bitwiseOr(x, z))),
  "bit_combine truths": (s) =>
    whole(s, (x, y, z) =>
      np.logicalXor(np.logicalAnd(bool(x), bool(y)), np.logicalOr(bool(x), bool(z))),
    ),
  broadcast: (s) => pointwise(s, (x, _, z) => np.broadcastTo(z, [...s]).add(np.expandDims(x, 0))),
  "cast down and up": (s) => pointwise(s, (x) => x.astype(np.int32).astype(np.float32)),
  "cast to truth": (s) => whole(s, (x) => x.astype(np.bool).astype(np.int32)),
  ceil: (s) => pointwise(s, (x) => np.ceil(x)),
  compare: (s) =>
    whole(s, (x, y, z) =>
      [x.less(y), x.equal(z), x.notEqual(y), x.lessEqual(z), x.less(y).less(x.equal(z))]
        .map((truth) => truth.astype(np.int32))
        .reduce((sum, truth) => sum.mul(2).add(truth)),
    ),
  concatenate: (s) =>
    pointwise(s, (x, y, z) => np.concatenate([x, np.broadcastTo(z, [...s]), y], s.length - 1)),
  cos: (s) => pointwise(s, (x) => np.cos(x)),
  dot: (s) => pointwise([...s, 5], (x, y) => np.matmul(x, np.swapaxes(y, -1, -2))),
  "dot of integers": (s) => whole([...s, 5], (x, y) => np.matmul(x, np.swapaxes(y, -1, -2))),
  erf: (s) => pointwise(s, (x) => lax.erf(x)),
  erfc: (s) => pointwise(s, (x) => lax.erfc(x)),
  exp: (s) => pointwise(s, (x) => np.exp(x)),
  flip: (s) => pointwise(s, (x, _, z) => np.flip(x, -1).add(np.flip(np.broadcastTo(z, [...s]), 0))),
  floor: (s) => pointwise(s, (x) => np.floor(x)),
  gather: (s) => ({
    fn: ({ x, i }) => ({ out: np.take(x!, i!, 0) }),
    inputs: [floats("x", s), integers("i", [2, 3], 0, s[0]!)],
  }),
  "gather along two axes": (s) => ({
    fn: ({ x, i, j }) => ({ out: x!.slice([], i!, j!) }),
    inputs: [
      floats("x", [2, s[0]!, 3, 2]),
      integers("i", [4, 1], 0, s[0]!),
      integers("j", [1, 3], 0, 3),
    ],
  }),
  idiv: (s) => whole(s, (x, y) => x.div(y.mul(y).add(1))),
  log: (s) => pointwise(s, (x) => np.log(x), 0.1, 5),
  max: (s) => pointwise(s, (x, y, z) => np.maximum(np.maximum(x, y), z)),
  min: (s) => pointwise(s, (x, y, z) => np.minimum(np.minimum(x, y), z)),
  mod: (s) => ({
    fn: ({ x, y }) => ({ out: x!.astype(np.float32).mul(0.25).mod(y!.astype(np.float32)) }),
    inputs: [integers("x", s, -20, 20), integers("y", s, 1, 4)],
  }),
  "mod of integers": (s) => whole(s, (x, y) => x.mod(y.mul(y).add(2))),
  mul: (s) => pointwise(s, (x, y, z) => x.mul(y).mul(z).mul(-0.5)),
  neg: (s) => pointwise(s, (x) => np.negative(x)),
  pad: (s) =>
    pointwise(s, (x, _, z) =>
      np.concatenate([np.pad(x, [2, 1]), np.pad(np.broadcastTo(z, [...s]), [0, 3])], 0),
    ),
  reciprocal: (s) => pointwise(s, (x) => np.reciprocal(x), 0.2, 3),
  "reduce to a sum": (s) =>
    pointwise(s, (x, _, z) => np.sum(x, 0).add(np.sum(np.broadcastTo(z, [...s]), 0))),
  "reduce to a product": (s) =>
    pointwise(s, (x, _, z) => np.prod(x, 0).mul(np.prod(np.broadcastTo(z, [...s]), 0))),
  "reduce to extremes": (s) => pointwise(s, (x) => np.max(x, -1).sub(np.min(x))),
  "reduce truths": (s) =>
    whole(s, (x) =>
      np
        .any(bool(x), 0)
        .astype(np.int32)
        .add(np.all(bool(x)).astype(np.int32)),
    ),
  reshape: (s) => pointwise(s, (x) => np.reshape(np.transpose(x), [-1])),
  shrink: (s) => pointwise([...s, 4], (x, _, z) => x.slice([0, 1]).add(z.slice([0, 1]))),
  sin: (s) => pointwise(s, (x) => np.sin(x)),
  sort: (s) => pointwise(s, (x) => np.sort(x)),
  argsort: (s) => whole(s, (x) => np.argsort(x)),
  split: (s) =>
    pointwise([...s, 6], (x, _, z) => {
      const [a, b, c] = np.split(x, [1, 3], -1);
      const [d, e] = np.split(np.broadcastTo(z, x.shape), 2, -1);
      return np.concatenate([b!, d!, a!, e!, c!], -1);
    }),
  "split of truths": (s) =>
    pointwise([...s, 6], (x) => np.split(bool(x), 2, -1)[1]!.astype(np.float32)),
  sqrt: (s) => pointwise(s, (x) => np.sqrt(x), 0.01, 4),
  stop_gradient: (s) => pointwise(s, (x) => lax.stopGradient(x).mul(x)),
  transpose: (s) => pointwise(s, (x) => np.transpose(x).add(1)),
  where: (s) => pointwise(s, (x, y, z) => np.where(x.less(y), z, 0.25)),
  "where of a row": (s) => pointwise(s, (x, _, z) => np.where(bool(z), x, z)),
  "compositions of jax-js": (s) =>
    pointwise(s, (x, y) =>
      np
        .tanh(x)
        .add(nn.silu(y))
        .add(np.absolute(x))
        .add(np.log1p(np.square(y))),
    ),
};
