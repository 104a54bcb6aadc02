import { describe, expect, test } from "vitest";
import { sampled } from "./accounting.fixture.ts";
import { deltaOf } from "./delta.ts";
import { epsilonOf } from "./epsilon.ts";
import type { Uses } from "./mechanism.ts";
import { opacusOrders } from "./orders.ts";
import { composed, gaussianRdp } from "./rdp.ts";
import { curveOf, rdpAccountant } from "./rdp-accountant.ts";
import { rdpOf } from "./rdp-of.ts";

const from = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Orders of dp-accounting, of TensorFlow Privacy, and of its test of compositions. */
const googleOrders = [...opacusOrders, 11, 128, 256, 512, 1024];
const tfpOrders = [1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 4.5, ...from(5, 63), 128, 256, 512];
const tfpCoarseOrders = [
  1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 64, 256,
];

interface Case {
  readonly source: string;
  readonly uses: readonly Uses[];
  readonly delta: number;
  readonly orders: readonly number[];
  readonly epsilon: number;
  /** Largest relative difference. */
  readonly within: number;
  /** The order that the source names. */
  readonly order?: number;
}

const cases: readonly Case[] = [
  {
    source: "Opacus accountants_test.py",
    uses: [sampled(0.04, 1.5, 2250)],
    delta: 1e-5,
    orders: opacusOrders,
    epsilon: 7.32911117143,
    // The source's own digits: 40-digit quadrature gives 7.32911117148.
    within: 1e-11,
    order: 3.9,
  },
  {
    source: "Opacus accountants/analysis/rdp.py",
    uses: [sampled(1e-5, 1, 10), sampled(1e-4, 3, 4)],
    delta: 1e-5,
    orders: from(2, 32),
    epsilon: 0.33634406,
    within: 1e-7,
    order: 23,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py",
    uses: [sampled(150 / 60_000, 1.3, 6000)],
    delta: 1e-5,
    orders: tfpOrders,
    epsilon: 0.7242234026109595,
    within: 1e-12,
    order: 19,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py",
    uses: [sampled(100 / 100_000, 1, 30_000)],
    delta: 1e-7,
    orders: tfpOrders,
    epsilon: 1.4154988495444842,
    within: 1e-12,
    order: 13,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py",
    uses: [sampled(1024 / 1e8, 0.1, 976_563)],
    delta: 1e-7,
    orders: tfpOrders,
    epsilon: 5907982.3113984,
    within: 1e-11,
    order: 1.25,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py, no sampling",
    uses: [sampled(1, 0.7, 2)],
    delta: 1e-5,
    orders: googleOrders,
    epsilon: 10.8602036,
    within: 1e-8,
    order: 3.3,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py, no sampling",
    uses: [sampled(1, 0.35, 2)],
    delta: 1e-5,
    orders: googleOrders,
    epsilon: 26.2880374,
    within: 1e-8,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py, exact",
    uses: [sampled(0.01, 0.7, 120)],
    delta: 1e-5,
    orders: googleOrders,
    epsilon: 3.23919219,
    within: 2e-9,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py, exact",
    uses: [sampled(0.01, 0.35, 120)],
    delta: 1e-5,
    orders: googleOrders,
    epsilon: 22.59703581,
    within: 1e-9,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py, statement",
    uses: [sampled(0.0064, 1, 782)],
    delta: 1e-6,
    orders: googleOrders,
    epsilon: 1.616394,
    within: 3e-7,
  },
  {
    source: "TFP compute_dp_sgd_privacy_test.py, statement",
    uses: [sampled(1, 1, 5)],
    delta: 1e-6,
    orders: googleOrders,
    epsilon: 13.376379,
    within: 1e-7,
  },
  {
    source: "TFP rdp_accountant_test.py test_check_composition, improved conversion",
    uses: [sampled(1e-4, 0.4, 40_000), sampled(0.1, 2, 100)],
    delta: 1e-5,
    orders: tfpCoarseOrders,
    epsilon: 7.38796993,
    within: 1e-9,
    order: 2.5,
  },
];

describe.each(cases)("$source: epsilon $epsilon", ({ uses, delta, orders, ...expected }) => {
  test("is what the curve gives on the source's orders", () => {
    const epsilon = epsilonOf(curveOf(uses), delta, orders);
    expect(Math.abs(epsilon / expected.epsilon - 1)).toBeLessThan(expected.within);
    if (expected.order !== undefined)
      expect(epsilonOf(curveOf(uses), delta, [expected.order])).toBe(epsilon);
  });

  test("the accountant promises no more", () => {
    const promised = rdpAccountant.epsilon(uses, delta);
    expect(promised).toBeLessThanOrEqual(expected.epsilon * (1 + expected.within));
  });
});

test("the classic conversion costs 8.509656 where the improved one costs 7.388 (TFP)", () => {
  const curve = curveOf([sampled(1e-4, 0.4, 40_000), sampled(0.1, 2, 100)]);
  const classic = Math.min(
    ...tfpCoarseOrders.map((order) => curve(order) - Math.log(1e-5) / (order - 1)),
  );
  expect(classic).toBeCloseTo(8.509656, 6);
});

/** dp-accounting adds the absolute values of its series: an upper bound, up to 0.2 % above. */
test.each([
  { z: 0.7, theirs: 3.2392676 },
  { z: 0.35, theirs: 22.6248601 },
])("q = 0.01, z = $z, 120 steps: exact <= $theirs <= 1.002 exact (dp-accounting)", (given) => {
  const exact = epsilonOf(curveOf([sampled(0.01, given.z, 120)]), 1e-5, googleOrders);
  expect(exact).toBeLessThanOrEqual(given.theirs);
  expect(given.theirs).toBeLessThanOrEqual(1.002 * exact);
});

describe("divergences of 50 steps with q = 0.01, z = 2.5", () => {
  const curve = curveOf([sampled(0.01, 2.5, 50)]);

  test.each([
    [1.5, 6.50070897e-4],
    [2.5, 1.08541806e-3],
    [5, 2.18075656e-3],
    [50, 2.38460375e-2],
    [100, 167.416308],
  ])("order %d: %d (TFP rdp_accountant_test.py)", (order, expected) =>
    expect(Math.abs(curve(order) / expected - 1)).toBeLessThan(3e-9),
  );

  test("order Infinity: Infinity", () => expect(curve(Infinity)).toBe(Infinity));

  test.each([
    [1.5, 6.70579741e-4],
    [2.5, 1.0854871e-3],
    [5, 2.18075656e-3],
    [50, 2.38460375e-2],
  ])("order %d is no more than dp-accounting's upper bound %d", (order, theirs) => {
    expect(curve(order)).toBeLessThanOrEqual(theirs * (1 + 3e-9));
    expect(curve(order)).toBeGreaterThan(theirs * 0.96);
  });
});

test("q = 0.1, z = 2, 10 steps at order 5: 0.07737 (TFP)", () =>
  expect(curveOf([sampled(0.1, 2, 10)])(5)).toBeCloseTo(0.07736968, 8));

test("q = 1, z = 10 at order 20 costs 0.1, q = 0 nothing, no noise everything (TFP)", () => {
  expect(rdpOf(sampled(1, 10, 1).mechanism, 20)).toBe(0.1);
  expect(rdpOf(sampled(0, 10, 1).mechanism, 20)).toBe(0);
  expect(rdpOf(sampled(0, 0, 1).mechanism, 20)).toBe(0);
  expect(rdpOf(sampled(0.01, 0, 1).mechanism, 20)).toBe(Infinity);
  expect(rdpOf(sampled(1, 0, 1).mechanism, 20)).toBe(Infinity);
  expect(rdpOf(sampled(0, 10, 1).mechanism, Infinity)).toBe(0);
  expect(rdpOf(sampled(0.5, 10, 1).mechanism, Infinity)).toBe(Infinity);
});

test("a flat divergence of 1.1 at epsilon 1.32783806176 has delta 1e-5 (dp-accounting)", () =>
  expect(deltaOf(() => 1.1, 1.32783806176, from(2, 32)) / 1e-5).toBeCloseTo(1, 9));

test("Gaussians of z = 2.71828 and 6.28319 at order 3.14159 add (dp-accounting)", () => {
  const [order, z, another] = [314_159, 271_828, 628_319].map((digits) => digits / 1e5) as [
    number,
    number,
    number,
  ];
  expect(rdpOf(sampled(1, z, 1).mechanism, order)).toBeCloseTo(order / (2 * z ** 2), 15);
  const both = (order / 2) * (z ** -2 + another ** -2);
  expect(curveOf([sampled(1, z, 1), sampled(1, another, 1)])(order)).toBeCloseTo(both, 14);
  const curves = [z, another].map((noise) => (alpha: number) => gaussianRdp(noise, alpha));
  expect(composed(curves)(order)).toBeCloseTo(both, 14);
});

test("nested Gaussians are one of noise (sum of z^-2)^(-1/2) (dp-accounting)", () => {
  const noises = [1.5, 2, 4, 8];
  const together = noises.reduce((sum, z) => sum + z ** -2, 0) ** -0.5;
  const nested = noises.map((z) => sampled(1, z, 1));
  for (const order of [1.1, 3, 70])
    expect(curveOf(nested)(order) / gaussianRdp(together, order)).toBeCloseTo(1, 13);
  expect(rdpAccountant.epsilon(nested, 1e-5)).toBeCloseTo(
    rdpAccountant.epsilon([sampled(1, together, 1)], 1e-5),
    12,
  );
});

test.each([58.5, 58.9, 59, 59.1, 59.5])(
  "q = 0.4, z = 12 at order %d: log A is positive (once a fault of dp-accounting)",
  (order) => expect(rdpOf(sampled(0.4, 12, 1).mechanism, order)).toBeGreaterThan(0),
);

/**
 * (z, q, steps): what opacus/tests/prv_accountant.py has for delta 1e-6, and Rényi orders. PRV's value is its
 * estimate plus the 0.01 by which it may be wrong.
 */
test.each([
  [2, 0.05, 100, 1.28364, 1.39696],
  [3, 0.05, 100, 0.767934, 0.826778],
  [1.5, 0.2, 100, 8.49898, 9.19925],
  [3, 0.2, 100, 3.38122, 3.63967],
  [1.5, 0.05, 1000, 6.20997, 6.66781],
  [3, 0.05, 1000, 2.52757, 2.70863],
  [1.5, 0.001, 20_000, 0.437005, 0.496994],
  [3, 0.05, 20_000, 13.96111, 14.8152],
  [3, 0.001, 50_000, 0.309694, 0.325328],
  [0.8, 0.001, 100, 0.2704, 1.37107],
])("z = %d, q = %d, %d steps: above PRV's %d, Rényi orders give %d", (z, q, steps, prv, rdp) => {
  const promised = rdpAccountant.epsilon([sampled(q, z, steps)], 1e-6);
  expect(promised).toBeGreaterThanOrEqual(prv);
  // The source's orders are coarser.
  expect(promised).toBeLessThanOrEqual(rdp * 1.00001);
  expect(promised).toBeGreaterThan(rdp * 0.999);
});
