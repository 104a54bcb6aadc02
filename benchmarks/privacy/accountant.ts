import { rdpAccountant } from "../../packages/core/src/privacy/accounting/rdp-accountant.ts";
import { sampled } from "../../packages/core/src/privacy/accounting/accounting.fixture.ts";

/*
 * node benchmarks/privacy/accountant.ts
 *
 * How long the moments accountant takes: for one mechanism, for a schedule of 10,000 distinct ones, and for a
 * hundred charges to an account that grows from 700 mechanisms to 1,000.
 */

/** Median milliseconds of three runs, each on mechanisms that no run before has seen. */
function medianMs(work: (run: number) => void): string {
  const times = [0, 1, 2].map((run) => {
    const start = performance.now();
    work(run);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[1]!.toFixed(1);
}

const schedule = (steps: number, run: number) =>
  Array.from({ length: steps }, (_, i) =>
    sampled(0.005 + (0.01 * ((i * 7919) % steps)) / steps, 1 + 2 * (i / steps) + run * 1e-7, 1),
  );
const one = medianMs((run) => rdpAccountant.epsilon([sampled(0.01, 1.1 + run / 1000, 1000)], 1e-5));
const many = medianMs((run) => rdpAccountant.epsilon(schedule(10_000, run), 1e-6));
const growing = schedule(1000, 9);
const charges = medianMs((run) => {
  for (let i = 100 * (run + 7); i < 100 * (run + 8); i++)
    rdpAccountant.epsilon(growing.slice(0, i + 1), 1e-6);
});
console.log(
  `rdp: one mechanism ${one} ms; 10,000 distinct ${many} ms; 100 charges beside 700 to 1,000 ${charges} ms`,
);
