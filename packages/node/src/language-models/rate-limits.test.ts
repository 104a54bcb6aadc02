import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";
import { virtualClock } from "./clock.fixture.ts";
import { rateLimits } from "./rate-limits.ts";

const { signal } = new AbortController();

/** When calls of so many tokens pass that all come at once. */
async function passing(
  limits: Parameters<typeof rateLimits>[0],
  amounts: readonly number[],
): Promise<number[]> {
  const clock = virtualClock();
  const turns = rateLimits(limits, clock);
  const at: number[] = [];
  await clock.until(
    Promise.all(
      amounts.map(async (amount, i) => {
        await turns.pass(amount, signal);
        at[i] = clock.now();
      }),
    ),
  );
  return at;
}

test("without limits all pass at once", async () => {
  expect(await passing({}, [1, 1e9, 1])).toEqual([0, 0, 0]);
});

test("of five calls at two a minute, the third comes a minute after the first", async () => {
  expect(await passing({ requestsPerMinute: 2 }, [1, 1, 1, 1, 1])).toEqual([
    0, 0, 60_000, 60_000, 120_000,
  ]);
});

test("of 100 tokens a minute, as many calls pass as fit, in order; one of more passes alone", async () => {
  expect(await passing({ tokensPerMinute: 100 }, [60, 40, 10, 500, 1])).toEqual([
    0, 0, 60_000, 120_000, 180_000,
  ]);
});

test("no minute has more than its calls or its tokens, and nobody waits without reason", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 80, max: 200 }),
      async (amounts, requestsPerMinute, tokensPerMinute) => {
        const at = await passing({ requestsPerMinute, tokensPerMinute }, amounts);
        const within = (from: number, to: number) =>
          amounts.filter((_, i) => at[i]! > from && at[i]! <= to);
        const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
        for (const [i, now] of at.entries()) {
          const minute = within(now - 60_000, now);
          expect(minute.length).toBeLessThanOrEqual(requestsPerMinute);
          expect(sum(minute)).toBeLessThanOrEqual(tokensPerMinute);
          if (now === (at[i - 1] ?? 0)) continue;
          // A moment earlier it would have been one too many.
          const before = amounts.filter((_, j) => j < i && at[j]! >= now - 60_000);
          expect(
            before.length + 1 > requestsPerMinute || sum(before) + amounts[i]! > tokensPerMinute,
          ).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("a pause holds for all, and an abort ends the waiting", async () => {
  const clock = virtualClock();
  const turns = rateLimits({}, clock);
  turns.pause(500);
  turns.pause(200);
  await clock.until(turns.pass(1, signal));
  expect(clock.now()).toBe(500);
  const abort = new AbortController();
  turns.pause(1000);
  const waiting = turns.pass(1, abort.signal);
  abort.abort(new Error("enough"));
  await expect(clock.until(waiting)).rejects.toThrow("enough");
  await clock.until(turns.pass(1, signal));
  expect(clock.now()).toBe(1500);
});

test("pauses between tries double up to a minute, and are anywhere below", () => {
  expect([0, 1, 2, 5, 6, 9].map((attempt) => backoffMs(attempt, 1))).toEqual([
    1000, 2000, 4000, 32_000, 60_000, 60_000,
  ]);
  expect(backoffMs(3, 0.25)).toBe(2000);
  expect(backoffMs(3, 0)).toBe(0);
});
