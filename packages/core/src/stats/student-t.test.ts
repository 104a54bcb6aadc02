import { expect, test } from "vitest";
import fixtures from "./__fixtures__/student-t.json" with { type: "json" };
import { studentCritical, studentTail } from "./student-t.ts";

test.each(fixtures.tails)(
  "P(|T| >= $t), $degrees degrees, is SciPy's to nine digits",
  (example) => {
    const { t, degrees, tail } = example;
    const seen = studentTail(t, degrees);
    if (tail < 1e-290) expect(seen).toBeLessThan(1e-280);
    else expect(Math.abs(seen / tail - 1)).toBeLessThan(1e-9);
    expect(studentTail(-t, degrees)).toBe(seen);
  },
);

test.each(fixtures.criticals)("critical t for $tail, $degrees degrees, is SciPy's", (example) => {
  const { tail, degrees, t } = example;
  expect(Math.abs(studentCritical(tail, degrees) / t - 1)).toBeLessThan(1e-9);
});

test("closed forms: one degree is Cauchy, two degrees t / sqrt(2 + t^2); the ends are 1 and 0", () => {
  for (const t of [0.3, 1, 4.2]) {
    expect(studentTail(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 13);
    expect(studentTail(t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 13);
  }
  expect(studentTail(0, 3)).toBe(1);
  expect(studentTail(Infinity, 3)).toBe(0);
});
