import { grad, jit, jvp, lax, nn, numpy as np, vmap } from "@jax-js/jax";
import { floats, integers, type Case } from "./agreement.laws.ts";

type Shape = readonly number[];
type Operands = readonly [x: np.Array, y: np.Array, i: np.Array];

/** A case of float32 operands x, y of one shape, and of integers i of it from 0 to 2. */
function on(shape: Shape, operate: (...operands: Operands) => np.Array, low = -2, high = 2): Case {
  return {
    fn: ({ x, y, i }) => ({ out: operate(x!, y!, i!) }),
    inputs: [
      floats("x", shape, low, high),
      floats("y", shape, low, high),
      integers("i", shape, 0, 3),
    ],
  };
}

const as = (truth: np.Array) => truth.astype(np.float32);
const wave = (x: np.Array) => np.sin(x).mul(x);

/** A sequence [rows, channels, length] and filters [filters, channels / groups, width]. */
function sequence(
  shape: Shape,
  operate: (x: np.Array, w: np.Array) => np.Array,
  {
    groups = 1,
    lanes = [],
    filterLanes = lanes,
  }: { groups?: number; lanes?: Shape; filterLanes?: Shape } = {},
): Case {
  const [rows = 1, channels = 1, filters = 1] = shape;
  const width = 1 + (shape.at(-1)! % 4);
  return {
    fn: ({ x, w }) => ({ out: operate(x!, w!) }),
    inputs: [
      floats("x", [...lanes, rows, channels * groups, 5 + filters]),
      floats("w", [...filterLanes, filters * groups, channels, width]),
    ],
  };
}

/**
 * Functions of jax-js that models use, on random shapes of one to four axes. Together with the cases of
 * primitives they say what programs can do.
 */
export const functionCases: Readonly<Record<string, (shape: Shape) => Case>> = {
  "np.cumsum": (s) => on(s, (x) => np.cumsum(x, 0)),
  "np.cumprod": (s) => on(s, (x) => np.cumprod(x, -1), 0.5, 1.5),
  "np.var, np.std, np.mean": (s) =>
    on([...s, 3], (x, y) => np.var_(x, -1).add(np.std(y, -1)).add(np.mean(x, -1))),
  "np.where of a row": (s) => on(s, (x, y) => np.where(x.greater(y), x.slice(0), y)),
  "np.clip": (s) => on(s, (x) => np.clip(x, -0.5, 0.7)),
  "np.sign, np.absolute": (s) => on(s, (x, y) => as(np.sign(x)).mul(np.absolute(y))),
  "np.power of a number": (s) => on(s, (x) => np.power(x, 3).add(np.power(np.absolute(x), 1.5))),
  "np.power": (s) => on(s, (x, y) => np.power(x, y), 0.2, 2),
  "np.roll": (s) => on(s, (x) => np.roll(x, 2, -1)),
  "np.tril, np.triu": (s) => on([...s, 3], (x) => np.tril(x).add(np.triu(x, 1).mul(2))),
  "np.arange, np.eye": (s) =>
    on([...s, 3], (x) =>
      np
        .matmul(x, np.eye(3))
        .add(np.arange(3))
        .mul(np.linspace(0, 1, 3)),
    ),
  "np.argmax, np.argmin": (s) => on(s, (x) => as(np.argmax(x, 0).sub(np.argmin(x, 0)))),
  "lax.topK": (s) => on([...s, 4], (x) => lax.topK(x, 2)[0]),
  "indices of lax.topK": (s) => on([...s, 4], (x) => as(lax.topK(x, 2)[1])),
  "np.einsum": (s) => on([...s, 3], (x, y) => np.einsum("...i,...j->...ij", x, y)),
  "np.einsum of three": (s) => on([s[0]!, 3], (x, y, i) => np.einsum("bi,bj,bj->i", x, y, as(i))),
  "np.outer, np.tensordot": (s) =>
    on(s, (x, y) => np.outer(x, y).add(np.tensordot(x, y, s.length))),
  "np.repeat, np.tile, np.stack": (s) =>
    on(s, (x, y) =>
      np.stack([np.repeat(x, 2, 0), np.tile(y, [2, ...s.slice(1).map(() => 1)])], -1),
    ),
  slices: (s) => on([3, ...s], (x, y) => x.slice([1, 3]).add(y.slice(-1)).add(x.slice(0))),
  "np.takeAlongAxis": (s) => on([3, ...s], (x, _, i) => np.takeAlongAxis(x, i, 0)),
  "rows by index": (s) => on([3, ...s], (x, _, i) => x.slice(np.ravel(i))),
  "nn.oneHot": (s) => on(s, (x, _, i) => np.expandDims(x, -1).mul(nn.oneHot(i, 3))),
  "segment sums": (s) =>
    on([...s, 2], (x, _, i) => {
      const rows = x.reshape([-1, 2]);
      const segments = i.reshape([-1, 2]).slice([], 0);
      const table = np.zeros([3, 2]);
      return grad((z: np.Array) => np.sum(np.take(z, segments, 0).mul(rows)))(table);
    }),
  "np.isnan, np.isfinite": (s) =>
    on(s, (x, y) => as(np.isnan(np.log(x))).add(as(np.isfinite(np.reciprocal(np.floor(y)))))),
  "np.nanToNum": (s) => on(s, (x, y) => np.nanToNum(np.where(x.greater(0), y, np.nan))),
  "chains of comparisons": (s) =>
    on(s, (x, y) => {
      const between = np.logicalAnd(x.greater(-1), x.lessEqual(y));
      const either = np.logicalOr(np.logicalNot(between), np.logicalXor(y.less(0), x.less(1)));
      return np.where(either, x, y);
    }),
  "bits of integers": (s) =>
    on(s, (_, y, i) => {
      const five = np.array(5, { dtype: np.int32 });
      const bits = np.bitwiseAnd(i, five).add(np.bitwiseOr(i, five)).sub(np.bitwiseXor(i, five));
      return y.mul(as(bits.add(np.bitwiseNot(i))));
    }),
  "np.floorDivide, np.remainder of integers": (s) =>
    on(s, (_, y, i) => {
      const three = np.array(3, { dtype: np.int32 });
      return y.mul(
        as(
          i
            .sub(2)
            .mod(three)
            .add(np.remainder(i.sub(2), three))
            .add(i.div(three)),
        ),
      );
    }),
  "np.round, np.trunc": (s) => on(s, (x, y) => np.round(x.mul(3)).add(np.trunc(y.mul(2)))),
  "np.log1p, np.expm1": (s) => on(s, (x, y) => np.log1p(x).add(np.expm1(y)), -0.9, 2),
  "np.arctan2, np.hypot": (s) => on(s, (x, y) => np.arctan2(x, y).add(np.hypot(x, y)), 0.2, 2),
  "hyperbolic functions": (s) =>
    on(s, (x, y) =>
      np
        .sinh(x)
        .add(np.cosh(y))
        .add(np.tanh(x.mul(y))),
    ),
  "nn.softmax, nn.logSoftmax": (s) => on(s, (x, y) => nn.softmax(x).add(nn.logSoftmax(y, 0))),
  "nn.logsumexp": (s) => on(s, (x, y) => nn.logsumexp(x, -1).add(np.logaddexp(x, y).sum(-1))),
  "nn.sigmoid, nn.softplus": (s) =>
    on(s, (x, y) => nn.sigmoid(x).add(nn.softplus(y)).add(nn.logSigmoid(x))),
  "nn.gelu": (s) => on(s, (x, y) => nn.gelu(x).add(nn.gelu(y, { approximate: false }))),
  "nn.relu and its kin": (s) =>
    on(s, (x, y) =>
      nn.relu(x).add(nn.leakyRelu(y)).add(nn.elu(x)).add(nn.selu(y)).add(nn.relu6(x)),
    ),
  "nn.silu, nn.mish, nn.glu": (s) => on([...s, 4], (x, y) => nn.glu(nn.silu(x).add(nn.mish(y)))),
  "nn.standardize": (s) => on([...s, 4], (x) => nn.standardize(x)),
  "nn.dotProductAttention": (s) =>
    on([s[0]!, 3, 2, 4], (x, y) => nn.dotProductAttention(x, y, x.add(y), { isCausal: true })),
  "lax.conv of a sequence": (s) => sequence(s, (x, w) => lax.conv(x, w, [1], "SAME")),
  "lax.conv with strides": (s) => sequence(s, (x, w) => lax.conv(x, w, [2], "VALID")),
  "lax.conv, dilated, padded and cropped": (s) =>
    sequence(s, (x, w) => lax.convGeneralDilated(x, w, [1], [[8, -2]], { rhsDilation: [2] })),
  "lax.convTranspose": (s) => sequence(s, (x, w) => lax.convTranspose(x, w, [2], "SAME")),
  "lax.convGeneralDilated in groups": (s) =>
    sequence(s, (x, w) => lax.convGeneralDilated(x, w, [1], "SAME", { featureGroupCount: 2 }), {
      groups: 2,
    }),
  "lax.conv of images": (s) => ({
    fn: ({ x, w }) => ({ out: lax.conv(x!, w!, [1, 2], "SAME") }),
    inputs: [floats("x", [2, s[0]!, 5, 4]), floats("w", [s.at(-1)!, s[0]!, 3, 2])],
  }),
  "vmap of lax.conv over sequences": (s) =>
    sequence(
      s,
      vmap((x: np.Array, w: np.Array) => lax.conv(x, w, [1], "SAME"), [0, null]),
      {
        lanes: [3],
        filterLanes: [],
      },
    ),
  "vmap of lax.conv over filters": (s) =>
    sequence(
      s,
      vmap((x: np.Array, w: np.Array) => lax.conv(x, w, [1], "SAME"), [null, 0]),
      {
        lanes: [],
        filterLanes: [3],
      },
    ),
  "vmap of lax.conv over both": (s) =>
    sequence(
      s,
      vmap((x: np.Array, w: np.Array) => lax.conv(x, w, [1], "SAME"), [0, 0]),
      {
        lanes: [3],
      },
    ),
  "np.convolve": (s) => on([s[0]!], (x, y) => np.convolve(x, y)),
  "lax.reduceWindow of sums": (s) =>
    on([...s, 7], (x) => lax.reduceWindow(x, (window: np.Array) => np.sum(window), [3], [2])),
  "lax.reduceWindow of extremes": (s) =>
    on([...s, 6, 5], (x) =>
      lax.reduceWindow(x, (window: np.Array) => np.max(window), [2, 3], [2, 1]),
    ),
  "lax.reduceWindow with gaps": (s) =>
    on([...s, 8], (x) =>
      lax.reduceWindow(x, (window: np.Array) => np.sum(np.sin(window)), [2], [3]),
    ),
  vmap: (s) =>
    on(s, (x, y) =>
      vmap((a: np.Array, b: np.Array) => np.tanh(a).mul(np.sum(b)).add(a).mul(a), [0, null])(x, y),
    ),
  "nested jit": (s) =>
    on(s, (x) => jit((a: np.Array) => jit((b: np.Array) => np.sin(b))(a).mul(2))(x)),
  jvp: (s) => on(s, (x, y) => jvp(wave, [x], [y])[1]),
  "second derivatives": (s) => on(s, (x) => grad((a: np.Array) => np.sum(wave(a)))(x)),
  "gradients of examples": (s) =>
    on(s, (x, y) => vmap(grad((a: np.Array, b: np.Array) => np.tanh(np.sum(a.mul(b)))))(x, y)),
};
