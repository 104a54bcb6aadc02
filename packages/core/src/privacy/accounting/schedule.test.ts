import { expect, test } from "vitest";
import { epsilonOf } from "./epsilon.ts";
import { curveOf, rdpAccountant } from "./rdp-accountant.ts";
import { decaying, scheduleUses } from "./schedule.ts";

test("noise decays by its factor each round, not below the least", () => {
  const noiseOf = decaying({ first: 2, decay: 0.5, least: 0.3 });
  expect([0, 1, 2, 3, 50].map(noiseOf)).toEqual([2, 1, 0.5, 0.3, 0.3]);
  expect(decaying({ first: 2, decay: 0.5 })(3)).toBe(0.25);
});

test("rounds of equal noise are one entry", () => {
  const noiseOf = decaying({ first: 2, decay: 0.5, least: 0.5 });
  expect(scheduleUses({ rounds: 10, samplingRate: 0.1, noiseOf })).toEqual(
    [
      [2, 1],
      [1, 1],
      [0.5, 8],
    ].map(([noiseMultiplier, count]) => ({
      mechanism: { kind: "gaussian", noiseMultiplier, samplingRate: 0.1 },
      count,
    })),
  );
  expect(scheduleUses({ rounds: 0, samplingRate: 1, noiseOf })).toEqual([]);
});

const wholeOrders = Array.from({ length: 63 }, (_, i) => 2 + i);

/** AdaLDP's table, on whole orders: epsilon of 200 rounds at delta 1e-5 as noise decays by 1, 0.997, 0.991. */
test.each([
  [0.01, 1, "1.39", "5.22", "843"],
  [0.01, 2, "0.32", "0.90", "15.9"],
  [0.05, 2, "1.72", "2.99", "61.7"],
  [0.05, 4, "0.73", "1.10", "6.3"],
  [0.1, 4, "1.56", "2.34", "11.7"],
  [0.1, 8, "0.71", "1.03", "3.1"],
  [1, 16, "4.11", "6.02", "16.4"],
  [1, 50, "1.16", "1.66", "4.1"],
] as const)(
  "q = %d, first noise %d: epsilon %s, %s, %s",
  (samplingRate, first, still, slow, fast) => {
    for (const [decay, printed] of [
      [1, still],
      [0.997, slow],
      [0.991, fast],
    ] as const) {
      const noiseOf = decaying({ first, decay });
      const uses = scheduleUses({ rounds: 200, samplingRate, noiseOf });
      const epsilon = epsilonOf(curveOf(uses), 1e-5, wholeOrders);
      expect(epsilon.toFixed(printed.split(".")[1]?.length ?? 0)).toBe(printed);
      expect(rdpAccountant.epsilon(uses, 1e-5)).toBeLessThanOrEqual(epsilon);
    }
  },
);
