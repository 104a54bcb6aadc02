import { expect, test } from "vitest";
import { sampled } from "./accounting.fixture.ts";
import { rdpAccountant } from "./rdp-accountant.ts";

/** Median milliseconds of three runs, each on mechanisms that no run before has seen. */
function medianMs(work: (run: number) => void): string {
  const times = [0, 1, 2].map((run) => {
    const start = performance.now();
    work(run);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[1]!.toFixed(1);
}

test("how long accounting takes (printed, nothing is decided by it)", () => {
  const schedule = (steps: number, run: number) =>
    Array.from({ length: steps }, (_, i) =>
      sampled(0.005 + (0.01 * ((i * 7919) % steps)) / steps, 1 + 2 * (i / steps) + run * 1e-7, 1),
    );
  let sum = 0;
  const one = medianMs((run) => {
    sum += rdpAccountant.epsilon([sampled(0.01, 1.1 + run / 1000, 1000)], 1e-5);
  });
  const many = medianMs((run) => {
    sum += rdpAccountant.epsilon(schedule(10_000, run), 1e-6);
  });
  const growing = schedule(1000, 9);
  const charges = medianMs((run) => {
    for (let i = 100 * (run + 7); i < 100 * (run + 8); i++)
      sum += rdpAccountant.epsilon(growing.slice(0, i + 1), 1e-6);
  });
  console.log(
    `rdp: one mechanism ${one} ms; 10,000 distinct ${many} ms; ` +
      `100 charges beside 700 to 1,000 ${charges} ms`,
  );
  expect(sum).toBeGreaterThan(0);
});
