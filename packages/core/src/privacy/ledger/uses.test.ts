import { expect, test } from "vitest";
import { gaussian } from "./ledger.fixture.ts";
import { mechanismText } from "./mechanism-text.ts";
import { roundedUp } from "./numbers-text.ts";
import { keyOf, mergeUses, withoutSampling } from "./uses.ts";

test("equal mechanisms are counted together, in an order of their own", () => {
  const a = { mechanism: gaussian(1, 0.5), count: 2 };
  const b = { mechanism: gaussian(1), count: 1 };
  const c = { mechanism: { kind: "laplace", noiseMultiplier: 1 } as const, count: 3 };
  const merged = mergeUses([a, b, a], [c, { ...c, count: 0 }]);
  expect(merged).toEqual([{ ...a, count: 4 }, b, c]);
  expect(mergeUses([c, a], [a, b])).toEqual(merged);
  expect(mergeUses([{ ...a, count: 0 }])).toEqual([]);
});

test("mechanisms that differ in anything have different keys", () => {
  const keys = [
    gaussian(1),
    gaussian(1, 0.5),
    gaussian(0.5),
    gaussian(1 + Number.EPSILON),
    { kind: "laplace", noiseMultiplier: 1 } as const,
    { kind: "discrete-gaussian", noiseMultiplier: 1 } as const,
  ].map(keyOf);
  expect(new Set(keys).size).toBe(6);
});

test("without sampling everyone takes part", () => {
  expect(withoutSampling({ mechanism: gaussian(2, 0.1), count: 3 })).toEqual({
    mechanism: gaussian(2),
    count: 3,
  });
  const laplace = { mechanism: { kind: "laplace", noiseMultiplier: 1 } as const, count: 3 };
  expect(withoutSampling(laplace)).toBe(laplace);
});

test("a mechanism in words", () => {
  expect(mechanismText(gaussian(1.1))).toBe("Gaussian noise of multiplier 1.1");
  expect(mechanismText(gaussian(1.1, 0.01))).toBe(
    "Gaussian noise of multiplier 1.1 at sampling rate 0.01",
  );
  expect(mechanismText({ kind: "discrete-gaussian", noiseMultiplier: 3 })).toBe(
    "discrete Gaussian noise of multiplier 3",
  );
});

test("a number is never understated", () => {
  expect(
    [0, 1, 2.99991, 2.9994, 12.3401, 0.00123401, 123456, 99999, 9.999e-5, 1.5e300, Infinity].map(
      roundedUp,
    ),
  ).toEqual([
    "0",
    "1",
    "3",
    "3",
    "12.35",
    "0.001235",
    "123500",
    "100000",
    "0.00009999",
    "1.5e+300",
    "infinity",
  ]);
});
