import { CompletionError } from "@atoll/core/augmentation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { again, parseYes, promptOf, scripted } from "./asking.fixture.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

test("a server that refuses stops all; calls in flight are stored before anyone hears of it", async () => {
  const { model, calls, clock, store } = scripted({ concurrency: 3 }, async ({ text, signal }) => {
    if (text === "1") throw new CompletionError("refused", "answers with status 404; see that");
    await clock.sleep(1000, signal);
    return "yes";
  });
  const heard: number[] = [];
  const all = numbers(9).map((text) =>
    model.ask(promptOf(text), parseYes).catch((error: Error) => {
      heard.push(store.answers.size);
      throw error;
    }),
  );
  const ends = await clock.until(Promise.allSettled(all));
  expect(calls.map(({ text }) => text)).toEqual(["0", "1", "2"]);
  expect(ends.map(({ status }) => status === "fulfilled")).toEqual(
    numbers(9).map((text) => text === "0" || text === "2"),
  );
  expect(heard).toEqual(Array(7).fill(2));
  const reasons = new Set(ends.flatMap((end) => (end.status === "rejected" ? [end.reason] : [])));
  expect([...reasons]).toEqual([expect.objectContaining({ code: "AUGMENTATION_SERVER" })]);
  await expect(model.ask(promptOf("later"), parseYes)).rejects.toThrow(/status 404; see that/);
  // What is stored can still be read.
  expect(await model.ask(promptOf("0"), parseYes)).toBe("yes");
});

test("a budget that is spent stops all, says what was spent and what is left, and the next run goes on", async () => {
  const first = scripted({ budget: { calls: 3 }, concurrency: 2 }, () => "yes", { planned: 10 });
  const ask = (model: typeof first.model) =>
    Promise.allSettled(numbers(10).map((text) => model.ask(promptOf(text), parseYes)));
  const ends = await first.clock.until(ask(first.model));
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  const { reason } = ends.at(-1) as PromiseRejectedResult;
  expect(reason).toMatchObject({ code: "AUGMENTATION_BUDGET" });
  expect(String(reason)).toMatch(/3 calls, 45 tokens are spent.*calls 3; 7 of 10 prompts.*partial/);

  const second = scripted({ budget: { calls: 7 } }, () => "yes", { store: first.store });
  const rest = await second.clock.until(ask(second.model));
  expect(rest.every(({ status }) => status === "fulfilled")).toBe(true);
  expect(second.calls).toHaveLength(7);
});

test("an abort reaches the calls in flight, ends the others at once, and leaves nothing half stored", async () => {
  const abort = new AbortController();
  const { model, calls, clock, store } = scripted(
    { concurrency: 2 },
    async ({ text, signal }) => {
      if (text === "0") return "yes";
      await clock.sleep(1e6, signal);
      return "yes";
    },
    { signal: abort.signal },
  );
  const all = Promise.allSettled(numbers(6).map((text) => model.ask(promptOf(text), parseYes)));
  await clock.until(clock.sleep(10, abort.signal));
  abort.abort(new Error("enough"));
  const ends = await clock.until(all);
  expect(clock.now()).toBe(10);
  expect(calls.map(({ text }) => text)).toEqual(["0", "1", "2"]);
  expect(ends.map((end) => (end.status === "rejected" ? String(end.reason) : end.value))).toEqual([
    "yes",
    ...Array(5).fill("Error: enough"),
  ]);
  expect(store.answers.size).toBe(1);
});

test("an abort ends a pause between tries", async () => {
  const abort = new AbortController();
  const { model, clock } = scripted(
    {},
    () => {
      throw again(100_000);
    },
    { signal: abort.signal },
  );
  const asked = model.ask(promptOf("a"), parseYes);
  await clock.until(clock.sleep(10, new AbortController().signal));
  abort.abort(new Error("enough"));
  await expect(clock.until(asked)).rejects.toThrow("enough");
  expect(clock.now()).toBe(10);
});

test("an error of the program is told as it is", async () => {
  const broken = scripted({}, () => {
    throw new TypeError("a bug");
  });
  await expect(broken.model.ask(promptOf("a"), parseYes)).rejects.toThrow("a bug");
  const { model } = scripted({}, () => "yes");
  const parse = () => {
    throw new RangeError("another");
  };
  await expect(model.ask(promptOf("a"), parse)).rejects.toThrow("another");
});

test("calls and tokens a minute are kept, and so is the budget, whatever the server does", async () => {
  const outcomes = fc.constantFrom("yes", "no", "again", "unreadable");
  await fc.assert(
    fc.asyncProperty(
      fc.array(outcomes, { minLength: 30, maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 25 }),
      async (script, concurrency, calls) => {
        const limits = { concurrency, budget: { calls }, requestsPerMinute: 5, retries: 1 };
        const asked = scripted(limits, ({ index }) => {
          const outcome = script[index % script.length]!;
          if (outcome === "again") throw again();
          if (outcome === "unreadable") throw new CompletionError("unreadable", "no completion");
          return outcome;
        });
        const { model, clock, store } = asked;
        const ends = await clock.until(
          Promise.allSettled(numbers(20).map((text) => model.ask(promptOf(text), parseYes))),
        );
        const made = asked.calls.map(({ at }) => at);
        expect(made.length).toBeLessThanOrEqual(calls);
        for (const at of made)
          expect(made.filter((other) => other > at - 60_000 && other <= at).length).toBeLessThan(6);
        // Whoever heard an answer finds it in the store.
        const heard = ends.filter((end) => end.status === "fulfilled" && end.value !== undefined);
        const stored = [...store.answers.values()].filter(({ kind }) => kind === "answered");
        expect(stored.length).toBe(heard.length);
      },
    ),
    { numRuns: 40 },
  );
});
