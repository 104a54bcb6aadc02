/** Orders that Opacus tries: 1.1 to 10.9 in tenths, then 12 to 63. */
export const opacusOrders: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => (11 + i) / 10),
  ...Array.from({ length: 52 }, (_, i) => 12 + i),
];

/** Each order lies this much farther from 1 than the one before. */
const RATIO = 1.01;
const NEAREST_TO_ONE = 0.02;
const LARGEST = 1e5;

/**
 * The Opacus orders and, between and beyond them, orders whose distance from 1 grows by a hundredth. A
 * bound holds at any order, so more of them can only tighten it: large ones matter for strong noise,
 * those next to 1 for weak noise.
 */
export const fineOrders: readonly number[] = [
  ...opacusOrders,
  ...Array.from(
    { length: Math.ceil(Math.log(LARGEST / NEAREST_TO_ONE) / Math.log(RATIO)) },
    (_, i) => 1 + NEAREST_TO_ONE * RATIO ** i,
  ),
].toSorted((a, b) => a - b);
