import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountants, type Uses } from "../accounting/index.ts";
import { rdpOf } from "../accounting/rdp-of.ts";
import { openAccount, stepAccount } from "./account.ts";
import { budgetOf, gaussian, release } from "./ledger.fixture.ts";
import { orderFor } from "./order-for.ts";

const delta = 1e-5;
const conversion = (order: number) =>
  Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
const divergence = (plan: readonly Uses[], order: number) =>
  plan.reduce((sum, { mechanism, count }) => sum + count * rdpOf(mechanism, order), 0);
/** How many times the plan fits into epsilon at an order. */
const room = (plan: readonly Uses[], { order, epsilon }: { order: number; epsilon: number }) =>
  (epsilon - conversion(order)) / divergence(plan, order);

const plans: readonly { readonly name: string; readonly plan: readonly Uses[] }[] = [
  { name: "without sampling", plan: [{ mechanism: gaussian(9), count: 10 }] },
  { name: "sampled", plan: [{ mechanism: gaussian(1.1, 0.01), count: 500 }] },
  {
    name: "mixed",
    plan: [
      { mechanism: gaussian(1.5, 0.05), count: 100 },
      { mechanism: gaussian(4), count: 1 },
      { mechanism: { kind: "laplace", noiseMultiplier: 10 }, count: 2 },
    ],
  },
];

describe.each(plans)("the order of a plan $name", ({ plan }) => {
  test.each([0.5, 2, 8])("is where most of it fits into epsilon %d", (epsilon) => {
    const order = orderFor(plan, { delta, epsilon });
    const chosen = room(plan, { order, epsilon });
    // As good as any of a grid of its own.
    for (let x = 0.05; x < 7; x += 0.05)
      expect(room(plan, { order: 1 + Math.exp(x), epsilon })).toBeLessThan(chosen * 1.001);
  });

  test("without a cap is where it costs least", () => {
    const order = orderFor(plan, { delta, epsilon: Infinity });
    const epsilon = accountants.rdp.epsilon(plan, delta);
    expect(divergence(plan, order) + conversion(order)).toBeCloseTo(epsilon, 12);
  });
});

test("for a plan without sampling at its own epsilon it is 1 + sqrt(log(1 / delta) / rho), or near", () => {
  // The classic conversion rho alpha + log(1 / delta) / (alpha - 1) is least there; the improved one close by.
  const plan = [{ mechanism: gaussian(10), count: 20 }];
  const order = orderFor(plan, { delta, epsilon: Infinity });
  expect(order / (1 + Math.sqrt(Math.log(1 / delta) / 0.1))).toBeGreaterThan(0.8);
  expect(order / (1 + Math.sqrt(Math.log(1 / delta) / 0.1))).toBeLessThan(1.1);
});

test("a plan that fits into epsilon by the rdp accountant fits into the filter", () => {
  fc.assert(
    fc.property(
      fc.record({
        z: fc.double({ min: 0.6, max: 20, noNaN: true }),
        q: fc.constantFrom(0.001, 0.02, 0.3, 1),
        count: fc.integer({ min: 1, max: 3000 }),
      }),
      ({ z, q, count }) => {
        const plan = [{ mechanism: gaussian(z, q), count }];
        const epsilon = accountants.rdp.epsilon(plan, delta);
        fc.pre(epsilon > 0);
        const order = orderFor(plan, { delta, epsilon });
        const account = openAccount(
          "a",
          budgetOf({ epsilon, delta, adaptivity: { kind: "renyi-filter", order } }),
        );
        const { answer } = stepAccount(account, {
          charges: [release("0", gaussian(z, q), count)],
          known: () => undefined,
        });
        expect(answer.kind).toBe("charged");
      },
    ),
    { numRuns: 60 },
  );
});

test("plans that cost nothing, or everything, have an order as well", () => {
  expect(orderFor([], { delta, epsilon: 1 })).toBe(2);
  expect(orderFor([{ mechanism: gaussian(0), count: 1 }], { delta, epsilon: 1 })).toBe(2);
});
