import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epsilonOf, gaussianRdp } from "../index.ts";
import { openAccount, stepAccount, type AccountState } from "./account.ts";
import { adaptivities, budgetOf, gaussian, release } from "./ledger.fixture.ts";
import type { Charge, ChargeAnswer } from "./types.ts";

/** An account and what was charged to it, as whoever keeps accounts holds them. */
function keeper(start: AccountState) {
  let state = start;
  const kept = new Map<string, Charge>();
  return {
    kept,
    get state() {
      return state;
    },
    charge: (...charges: readonly Charge[]): ChargeAnswer => {
      const done = stepAccount(state, { charges, known: (id) => kept.get(id) });
      state = done.state;
      for (const charge of done.charged) kept.set(charge.id, charge);
      return done.answer;
    },
  };
}

test("five releases with z = 1 at delta 1e-6 cost 13.376379, and less after each of the first four", () => {
  const account = keeper(openAccount("a", budgetOf({ delta: 1e-6 })));
  expect(account.state.spent).toEqual({ epsilon: 0 });
  let before = 0;
  for (let round = 0; round < 5; round++) {
    const { kind, spent } = account.charge(release(`round ${round}`, gaussian(1)));
    expect(kind).toBe("charged");
    expect(spent.epsilon).toBeGreaterThan(before);
    before = spent.epsilon;
  }
  expect(before).toBeGreaterThan(13.36);
  expect(before).toBeLessThanOrEqual(13.376379);
});

test("different noises are one mechanism of z = (sum of z_i^-2)^-1/2, in any order", () => {
  const noises = [1.5, 4, 0.9];
  const total = noises.reduce((sum, z) => sum + z ** -2, 0) ** -0.5;
  const cost = (order: readonly number[]) => {
    const account = keeper(openAccount("a", budgetOf()));
    order.forEach((z, i) => account.charge(release(`${i}`, gaussian(z))));
    return account.state.spent.epsilon;
  };
  expect(cost(noises)).toBeCloseTo(cost([total]), 12);
  // And a grid of orders does not find less.
  const onGrid = epsilonOf((order) => gaussianRdp(total, order), 1e-5);
  expect(cost(noises)).toBeLessThanOrEqual(onGrid);
  expect(cost(noises)).toBeCloseTo(onGrid, 5);
  expect(cost(noises.toReversed())).toBe(cost(noises));
});

describe("a release is charged once", () => {
  test("the same id again costs nothing, in the same list too, and whichever run asks", () => {
    const account = keeper(openAccount("a", budgetOf()));
    const one = release("one", gaussian(2));
    const { spent } = account.charge(one, one);
    expect(account.charge({ ...one, run: "another" })).toEqual({ kind: "known", spent });
    expect(account.state.totals.releases).toBe(1);
    expect(account.charge(one, release("two", gaussian(2))).kind).toBe("charged");
    expect(account.state.totals.releases).toBe(2);
  });

  test.each([
    { uses: { mechanism: gaussian(3), count: 1 } },
    { uses: { mechanism: gaussian(2), count: 2 } },
    { unamplified: { mechanism: gaussian(2), count: 1 } },
    { unit: "user" as const },
    { adjacency: "replace" as const },
    { stage: "codebook" },
    { round: 8 },
    { what: "something else" },
  ])("the same id for another release is an error: %j", (other) => {
    const account = keeper(openAccount("a", budgetOf()));
    const one = release("one", gaussian(2));
    account.charge(one);
    const again = () => account.charge({ ...one, ...other });
    expect(again).toThrow(expect.objectContaining({ code: "PRIVACY_LEDGER" }));
    expect(again).toThrow('account "a": release "one" was charged as');
    const fresh = keeper(openAccount("a", budgetOf()));
    expect(() => fresh.charge(one, { ...one, ...other })).toThrow("a name of its own");
    expect(fresh.kept.size).toBe(0);
  });
});

test("a list is charged as a whole or not at all", () => {
  const account = keeper(openAccount("a", budgetOf({ epsilon: 3 })));
  account.charge(release("0", gaussian(4)));
  const before = account.state;
  const answer = account.charge(
    release("1", gaussian(4)),
    release("2", gaussian(1)),
    release("3", gaussian(4)),
  );
  expect(answer).toMatchObject({
    kind: "refused",
    code: "PRIVACY_BUDGET",
    spent: before.spent,
  });
  expect(account.state).toBe(before);
  expect([...account.kept.keys()]).toEqual(["0"]);
});

test("an account protects one unit: charges for another are refused", () => {
  const account = keeper(openAccount("a", budgetOf()));
  account.charge(release("0", gaussian(4)));
  expect(() => account.charge({ ...release("1", gaussian(4)), unit: "user" })).toThrow(
    'account "a" protects the unit example (add-remove), and release "1" is charged for user (add-remove)',
  );
  expect(account.charge().kind).toBe("known");
});

test("a release without noise costs infinity, which a cap refuses", () => {
  const open = keeper(openAccount("a", budgetOf()));
  expect(open.charge(release("0", gaussian(0))).spent.epsilon).toBe(Infinity);
  const capped = keeper(openAccount("a", budgetOf({ epsilon: 1e6 })));
  expect(capped.charge(release("0", gaussian(0)))).toMatchObject({
    kind: "refused",
    why: 'account "a": release "0" would bring epsilon from 0 to infinity at delta 0.00001, and the cap is 1000000; stop here, or start over with a larger cap, more noise or fewer releases',
  });
});

test("nonsense is refused", () => {
  const charge = (own: Partial<Charge>) => () =>
    keeper(openAccount("a", budgetOf())).charge({ ...release("r", gaussian(1)), ...own });
  for (const z of [-1, NaN, Infinity])
    expect(charge({ uses: { mechanism: gaussian(z), count: 1 } })).toThrow(
      `release "r", uses: noiseMultiplier is ${z}`,
    );
  for (const count of [-1, 0.5, NaN, Infinity])
    expect(charge({ uses: { mechanism: gaussian(1), count } })).toThrow(`count is ${count}`);
  for (const rate of [-0.1, 1.1, NaN])
    expect(charge({ amplified: { mechanism: gaussian(1, rate), count: 1 } })).toThrow(
      `release "r", amplified: samplingRate is ${rate}`,
    );
  expect(
    charge({ adjacency: "replace", amplified: { mechanism: gaussian(1, 0.1), count: 1 } }),
  ).toThrow("amplifies for adjacency add-remove only");
  for (const delta of [0, 1, NaN])
    expect(() => openAccount("a", budgetOf({ delta }))).toThrow(`delta is ${delta}`);
  for (const epsilon of [0, -1, NaN])
    expect(() => openAccount("a", budgetOf({ epsilon }))).toThrow(`epsilon is ${epsilon}`);
});

test("totals do not grow with the number of equal charges, and are plain data", () => {
  const account = keeper(openAccount("a", budgetOf()));
  for (let i = 0; i < 50; i++) account.charge(release(`${i}`, gaussian(2 + (i % 2))));
  const { totals } = account.state;
  expect(totals.uses.map(({ count }) => count)).toEqual([25, 25]);
  expect(JSON.parse(JSON.stringify(totals))).toEqual(totals);
});

describe("beside what counts against the budget", () => {
  const budget = budgetOf({
    adaptivity: {
      kind: "planned",
      plan: [
        { mechanism: gaussian(2, 0.1), count: 30 },
        { mechanism: gaussian(3), count: 1 },
      ],
    },
  });
  const costOf = (z: number, count: number) =>
    epsilonOf((order) => count * gaussianRdp(z, order), 1e-5);

  test("a release that says what it costs without sampling has it added up", () => {
    const account = keeper(openAccount("a", budget));
    account.charge({
      ...release("0", gaussian(2, 0.1), 10),
      unamplified: { mechanism: gaussian(2), count: 1 },
    });
    const { epsilon, unamplified, amplified } = account.state.spent;
    expect(unamplified).toBeCloseTo(costOf(2, 1), 3);
    expect(epsilon).toBeLessThan(unamplified!);
    expect(amplified).toBeUndefined();
  });

  test("one that does not say so counts there as if it were not sampled, before or after", () => {
    const silent = release("0", gaussian(2, 0.1), 10);
    const outspoken = {
      ...release("1", gaussian(2, 0.1), 10),
      unamplified: { mechanism: gaussian(2), count: 1 },
    };
    const one = keeper(openAccount("a", budget));
    const other = keeper(openAccount("a", budget));
    one.charge(silent);
    one.charge(outspoken);
    other.charge(outspoken);
    other.charge(silent);
    expect(one.state.spent.unamplified).toBeCloseTo(costOf(2, 11), 2);
    expect(one.state).toEqual(other.state);
  });

  test("what a release costs amplified is never more than what counts", () => {
    const account = keeper(openAccount("a", budget));
    account.charge({
      ...release("0", gaussian(3)),
      amplified: { mechanism: gaussian(3, 0.05), count: 1 },
    });
    const { epsilon, amplified } = account.state.spent;
    expect(amplified).toBeGreaterThan(0);
    expect(amplified).toBeLessThan(epsilon);
  });
});

describe.each(adaptivities)("whatever is charged to a $name account", ({ budget, mechanisms }) => {
  const charges = fc.array(
    fc.record({
      which: fc.nat({ max: mechanisms.length - 1 }),
      count: fc.integer({ min: 0, max: 40 }),
      id: fc.nat({ max: 30 }),
    }),
    { maxLength: 25 },
  );

  test("the cap is never passed, however the next release is chosen", () => {
    fc.assert(
      fc.property(charges, fc.double({ min: 0.1, max: 8, noNaN: true }), (asked, epsilon) => {
        const account = keeper(openAccount("a", { ...budget, epsilon }));
        for (const { which, count, id } of asked) {
          // The choice hangs on what was spent, as an adversary's would.
          const turned = Math.floor(1e6 * account.state.spent.epsilon + which) % mechanisms.length;
          const before = account.state.spent.epsilon;
          const named = `${id}/${turned}/${count}`;
          const { spent } = account.charge(release(named, mechanisms[turned]!, count));
          expect(spent.epsilon).toBeGreaterThanOrEqual(before);
          expect(spent.epsilon).toBeLessThanOrEqual(epsilon);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("what was accepted costs the same, to the last bit, in any order", () => {
    fc.assert(
      fc.property(charges, fc.integer(), (asked, seed) => {
        const one = keeper(openAccount("a", budget));
        for (const { which, count, id } of asked)
          one.charge(release(`${id}/${which}/${count}`, mechanisms[which]!, count));
        const other = keeper(openAccount("a", budget));
        const shuffled = [...one.kept.values()]
          .map((charge, i) => [Math.imul(seed + i, 2654435761), charge] as const)
          .toSorted(([a], [b]) => a - b);
        for (const [, charge] of shuffled) expect(other.charge(charge).kind).toBe("charged");
        expect(other.state).toEqual(one.state);
      }),
      { numRuns: 40 },
    );
  });
});
