import { describe, expect, test } from "vitest";
import { openAccount, stepAccount } from "./account.ts";
import { budgetOf, gaussian, release } from "./ledger.fixture.ts";
import type { Budget, Charge } from "./types.ts";

/** How many releases of this kind are accepted one after another, and the answer to the next. */
function fill(budget: Budget, charge: Charge) {
  let state = openAccount("a", budget);
  for (let accepted = 0; ; accepted++) {
    const done = stepAccount(state, {
      charges: [{ ...charge, id: `${accepted}` }],
      known: () => undefined,
    });
    if (done.answer.kind === "refused" || accepted === 1e5)
      return { accepted, answer: done.answer, spent: state.spent };
    ({ state } = done);
  }
}

const charging = (budget: Budget, ...charges: readonly Charge[]) =>
  stepAccount(openAccount("a", budget), { charges, known: () => undefined }).answer;

describe("planned", () => {
  const plan = [
    { mechanism: gaussian(2, 0.1), count: 30 },
    { mechanism: gaussian(3), count: 2 },
    { mechanism: gaussian(2, 0.1), count: 10 },
  ];
  const budget = budgetOf({ adaptivity: { kind: "planned", plan } });

  test("each mechanism is accepted as often as it is in the plan, in any grouping", () => {
    expect(fill(budget, release("", gaussian(2, 0.1), 10)).accepted).toBe(4);
    expect(fill(budget, release("", gaussian(2, 0.1), 3)).accepted).toBe(13);
    expect(fill(budget, release("", gaussian(3))).accepted).toBe(2);
    expect(charging(budget, release("0", gaussian(2, 0.1), 41)).kind).toBe("refused");
    expect(
      charging(budget, release("0", gaussian(3), 2), release("1", gaussian(2, 0.1), 40)).kind,
    ).toBe("charged");
  });

  test.each([gaussian(2), gaussian(2, 0.2), { kind: "laplace", noiseMultiplier: 2 }] as const)(
    "what is not in the plan is refused: %j",
    (mechanism) => {
      expect(charging(budget, release("0", mechanism))).toMatchObject({
        kind: "refused",
        code: "PRIVACY_PLAN",
        spent: { epsilon: 0 },
      });
    },
  );

  test("the refusal says what was asked, what was planned, and the way out", () => {
    const { answer } = fill(budget, release("", gaussian(2, 0.1), 30));
    expect(answer).toMatchObject({
      why:
        'account "a": release "1" is 30 x Gaussian noise of multiplier 2 at sampling rate 0.1, of which the plan has 40 and ' +
        "10 left; only what was fixed before the first release may be charged to a planned account: charge what is decided " +
        "on the way to a ledger with a filter",
    });
  });

  test("a plan that passes the cap as a whole is opened, and stopped at the cap", () => {
    // Five times z = 1 cost 13.376379 at delta 1e-6 (TensorFlow Privacy's compute_dp_sgd_privacy_test).
    const five = budgetOf({
      epsilon: 13.37638,
      delta: 1e-6,
      adaptivity: { kind: "planned", plan: [{ mechanism: gaussian(1), count: 9 }] },
    });
    const { accepted, answer } = fill(five, release("", gaussian(1)));
    expect(accepted).toBe(5);
    expect(answer).toMatchObject({ code: "PRIVACY_BUDGET" });
  });

  test("a plan that the accountant cannot account for is refused at once", () => {
    expect(() => openAccount("a", { ...budget, accountant: "zcdp" })).toThrow(
      expect.objectContaining({ code: "PRIVACY_PLAN" }),
    );
  });
});

describe("zCDP filter", () => {
  test.each([
    { z: 10, epsilon: 1, delta: 1e-5 },
    { z: 25, epsilon: 3, delta: 1e-6 },
  ])("releases of z = $z fit as often as rho does", ({ z, epsilon, delta }) => {
    const { accepted } = fill(budgetOf({ epsilon, delta }), release("", gaussian(z)));
    const cost = (count: number) => zcdpEpsilon(count / (2 * z * z), delta);
    expect(cost(accepted)).toBeLessThanOrEqual(epsilon);
    expect(cost(accepted + 1)).toBeGreaterThan(epsilon);
  });

  test.each([gaussian(20, 0.5), { kind: "laplace", noiseMultiplier: 20 }] as const)(
    "other noise is refused, capped or not: %j",
    (mechanism) => {
      for (const epsilon of [3, Infinity])
        expect(charging(budgetOf({ epsilon }), release("7", mechanism))).toMatchObject({
          kind: "refused",
          code: "PRIVACY_ADAPTIVE",
          why: expect.stringMatching(/^account "a": release "7" is .* open .* renyi-filter$/),
        });
    },
  );

  test("noise on integers costs as much as that on numbers", () => {
    const cost = (kind: "gaussian" | "discrete-gaussian") =>
      charging(
        budgetOf(),
        release("0", kind === "gaussian" ? gaussian(3) : { kind, noiseMultiplier: 3 }),
      ).spent.epsilon;
    expect(cost("discrete-gaussian")).toBe(cost("gaussian"));
  });
});

describe("Renyi filter", () => {
  const filter = (own: Partial<Budget> & { readonly order: number }) =>
    budgetOf({ ...own, adaptivity: { kind: "renyi-filter", order: own.order } });

  test.each([
    { order: 8, z: 12, epsilon: 2, delta: 1e-5 },
    { order: 20, z: 9, epsilon: 1, delta: 1e-6 },
    { order: 3.5, z: 4, epsilon: 9, delta: 1e-4 },
  ])(
    "at order $order releases of z = $z fit while their divergences are below B",
    ({ order, z, epsilon, delta }) => {
      const bound =
        epsilon - Math.log((order - 1) / order) + (Math.log(delta) + Math.log(order)) / (order - 1);
      const { accepted, spent } = fill(filter({ order, epsilon, delta }), release("", gaussian(z)));
      expect(accepted).toBe(Math.floor(bound / (order / (2 * z * z))));
      expect(spent.epsilon).toBeCloseTo(epsilon - bound + (accepted * order) / (2 * z * z), 12);
    },
  );

  test("sampled releases add at the one order: q = .01, z = 2.5, alpha = 50 costs 2.38460375e-2 in fifty", () => {
    // TensorFlow Privacy's rdp_accountant_test.
    const { spent } = charging(
      filter({ order: 50 }),
      release("0", gaussian(2.5, 0.01), 30),
      release("1", gaussian(2.5, 0.01), 20),
    );
    const conversion = Math.log(49 / 50) - (Math.log(1e-5) + Math.log(50)) / 49;
    expect(spent.epsilon - conversion).toBeCloseTo(2.38460375e-2, 9);
  });

  test("one order can refuse what another would let pass: there is no best order afterwards", () => {
    const at = (order: number) =>
      fill(filter({ order, epsilon: 1 }), release("", gaussian(15))).accepted;
    // B is .4819, .7542 and .9519, one release 16, 30 and 120 times 1 / 450.
    expect([at(16), at(30), at(120)]).toEqual([13, 11, 3]);
  });
});

describe("accounts that cannot be", () => {
  test.each([
    { accountant: "pld" as const, adaptivity: { kind: "zcdp-filter" as const } },
    { accountant: "pld" as const, adaptivity: { kind: "renyi-filter" as const, order: 8 } },
    { accountant: "zcdp" as const, adaptivity: { kind: "renyi-filter" as const, order: 8 } },
  ])("no filter is known for this accountant: %j", (own) => {
    const open = () => openAccount("a", budgetOf(own));
    expect(open).toThrow(expect.objectContaining({ code: "PRIVACY_ADAPTIVE" }));
    expect(open).toThrow(
      /^account "a" takes releases that were not planned, but its accountant is (pld|zcdp), .*; set accountant: rdp$/,
    );
  });

  test.each([1, 1.01, 0, NaN, Infinity])("order %d", (order) => {
    expect(() =>
      openAccount("a", budgetOf({ adaptivity: { kind: "renyi-filter", order } })),
    ).toThrow(`order is ${order}`);
  });
});

/** Least over orders of alpha rho + log((alpha - 1) / alpha) - log(alpha delta) / (alpha - 1), by brute force. */
function zcdpEpsilon(rho: number, delta: number): number {
  let least = Infinity;
  for (let order = 1.5; order < 400; order += 1e-3)
    least = Math.min(
      least,
      order * rho + Math.log1p(-1 / order) - Math.log(order * delta) / (order - 1),
    );
  return least;
}
