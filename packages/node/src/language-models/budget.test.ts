import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { callBudget } from "./budget.ts";

const FREE = { input: 0, output: 0 };
const most = { promptTokens: 100, answerTokens: 50 };

test("what is spent is what the server says and, where it does not, what was reserved", async () => {
  const budget = callBudget({}, { input: 2, output: 10 });
  (await budget.reserve(most))!.settle({ promptTokens: 90, completionTokens: 5 });
  (await budget.reserve(most))!.settle({ promptTokens: 80, completionTokens: undefined });
  (await budget.reserve(most))!.settle(undefined);
  (await budget.reserve(most))!.release();
  // 270 tokens of prompts at 2, and 105 of answers at 10 for a million.
  expect(budget.spent()).toEqual({
    calls: 3,
    promptTokens: 270,
    answerTokens: 105,
    money: 0.00159,
  });
});

test("what does not fit waits for calls in flight, and hears that it never will once there are none", async () => {
  const budget = callBudget({ tokens: 300 }, FREE);
  const first = (await budget.reserve(most))!;
  const second = (await budget.reserve(most))!;
  const heard: string[] = [];
  const third = budget.reserve(most).then((got) => heard.push(got ? "fits" : "does not"));
  await setImmediate();
  expect(heard).toEqual([]);
  first.settle({ promptTokens: 100, completionTokens: 50 });
  await setImmediate();
  expect(heard).toEqual([]);
  second.settle({ promptTokens: 0, completionTokens: 0 });
  await third;
  expect(heard).toEqual(["fits"]);
});

test("calls that were made are gone, also those that failed", async () => {
  const budget = callBudget({ calls: 2 }, FREE);
  const failed = { promptTokens: 0, completionTokens: 0 };
  (await budget.reserve(most))!.settle(failed);
  (await budget.reserve(most))!.settle(failed);
  expect(await budget.reserve(most)).toBeUndefined();
});

test("a call is settled once", async () => {
  const reservation = (await callBudget({}, FREE).reserve(most))!;
  reservation.settle(undefined);
  expect(() => reservation.release()).toThrow(RangeError);
});

const tokens = fc.nat(200);
const call = fc.record({
  most: fc.record({ promptTokens: tokens, answerTokens: tokens }),
  /** Shares of what was reserved; undefined: the server does not say. */
  taken: fc.option(fc.record({ prompt: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    nil: undefined,
  }),
  /** Turns until it is settled. */
  turns: fc.nat(3),
});
const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });

test("while no call takes more than its reservation, no limit is ever passed, however many are in flight", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 40 }),
      fc.record({ calls: limit(30), tokens: limit(4000), money: limit(20) }),
      fc.integer({ min: 1, max: 12 }),
      async (calls, limits, concurrency) => {
        // Whole numbers, so that money is exact: a unit of money for 1 000 and for 500 tokens.
        const budget = callBudget(limits, { input: 1000, output: 2000 });
        let next = 0;
        let refused: (typeof calls)[number]["most"] | undefined;
        const worker = async () => {
          while (next < calls.length && refused === undefined) {
            const { most, taken, turns } = calls[next++]!;
            const reservation = await budget.reserve(most);
            if (reservation === undefined) {
              refused ??= most;
              return;
            }
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            reservation.settle(
              taken && {
                promptTokens: Math.floor(taken.prompt * most.promptTokens),
                completionTokens: Math.floor(taken.prompt * most.answerTokens),
              },
            );
            const spent = budget.spent();
            expect(spent.calls).toBeLessThanOrEqual(limits.calls ?? Infinity);
            expect(spent.promptTokens + spent.answerTokens).toBeLessThanOrEqual(
              limits.tokens ?? Infinity,
            );
            expect(spent.money).toBeLessThanOrEqual(limits.money ?? Infinity);
          }
        };
        await Promise.all(Array.from({ length: concurrency }, worker));
        if (refused === undefined) {
          expect(budget.spent().calls).toBe(calls.length);
          return;
        }
        // With nothing in flight, the call that was refused would have passed a limit.
        const { calls: made, promptTokens, answerTokens } = budget.spent();
        const prompt = promptTokens + refused.promptTokens;
        const answer = answerTokens + refused.answerTokens;
        expect(
          made + 1 > (limits.calls ?? Infinity) ||
            prompt + answer > (limits.tokens ?? Infinity) ||
            (prompt * 1000 + answer * 2000) / 1e6 > (limits.money ?? Infinity),
        ).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
