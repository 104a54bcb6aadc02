import { expect, test } from "vitest";
import { epsilonOf, gaussianRdp, releaseLedger, type Release } from "./index.ts";

const release = (what: string, noiseMultiplier: number): Release => ({
  what,
  sensitivity: 2.5,
  noiseMultiplier,
});

test("five releases with z = 1 at delta 1e-6 cost 13.376379, and less after each of the first four", () => {
  const ledger = releaseLedger({ delta: 1e-6 });
  let state = ledger.init();
  expect(state).toEqual({ releases: [], epsilon: 0 });
  let before = 0;
  for (let round = 0; round < 5; round++) {
    state = ledger.step(state, release(`round ${round}`, 1));
    expect(state.epsilon).toBeGreaterThan(before);
    before = state.epsilon;
  }
  expect(state.epsilon).toBeGreaterThan(13.36);
  expect(state.epsilon).toBeLessThanOrEqual(13.376379);
  expect(state.releases.map(({ what }) => what)).toEqual([0, 1, 2, 3, 4].map((i) => `round ${i}`));
});

test("different noises are one mechanism of z = (sum of z_i^-2)^-1/2, in any order", () => {
  const ledger = releaseLedger({ delta: 1e-5 });
  const noises = [1.5, 4, 0.9];
  const total = noises.reduce((sum, z) => sum + z ** -2, 0) ** -0.5;
  const cost = (order: readonly number[]) =>
    order.reduce((state, z) => ledger.step(state, release("r", z)), ledger.init()).epsilon;
  const expected = epsilonOf((order) => gaussianRdp(total, order), 1e-5);
  expect(cost(noises)).toBeCloseTo(expected, 10);
  expect(cost(noises.toReversed())).toBeCloseTo(expected, 10);
});

test("the cost hangs on the noise multiplier alone: a sensitivity is for the record", () => {
  const ledger = releaseLedger({ delta: 1e-5 });
  const one = ledger.step(ledger.init(), release("r", 3));
  const other = ledger.step(ledger.init(), { ...release("r", 3), sensitivity: 1000 });
  expect(other.epsilon).toBe(one.epsilon);
});

test("a state is plain data: written down and read again it goes on to the same numbers", () => {
  const ledger = releaseLedger({ delta: 1e-5 });
  const state = ledger.step(ledger.init(), release("a", 2));
  const read = JSON.parse(JSON.stringify(state)) as typeof state;
  expect(ledger.step(read, release("b", 1))).toEqual(ledger.step(state, release("b", 1)));
  // And a step leaves the state before it as it was.
  expect(state.releases).toHaveLength(1);
});

test("a release without noise costs infinity; nonsense is refused", () => {
  const ledger = releaseLedger({ delta: 1e-5 });
  const step = (own: Partial<Release>) =>
    ledger.step(ledger.init(), { ...release("r", 1), ...own });
  expect(step({ noiseMultiplier: 0 }).epsilon).toBe(Infinity);
  for (const noiseMultiplier of [-1, NaN])
    expect(() => step({ noiseMultiplier })).toThrow("noiseMultiplier");
  for (const sensitivity of [0, -1, NaN, Infinity])
    expect(() => step({ sensitivity })).toThrow('release "r": sensitivity is');
});
