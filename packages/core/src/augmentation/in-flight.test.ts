import { expect, test } from "vitest";
import { inFlight } from "./in-flight.ts";

test("begins in order, never more at a time than told, and reports each", async () => {
  const begun: number[] = [];
  const done: number[] = [];
  let now = 0;
  let most = 0;
  await inFlight(
    9,
    async (index) => {
      begun.push(index);
      most = Math.max(most, ++now);
      for (let turn = 0; turn < 9 - index; turn++) await Promise.resolve();
      now -= 1;
    },
    { concurrency: 3, onDone: (count) => done.push(count) },
  );
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(most).toBe(3);
  expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("after a failure waits for what is in flight, begins nothing and throws the first", async () => {
  const ended: number[] = [];
  const work = async (index: number) => {
    for (let turn = 0; turn < 20 * (2 - index); turn++) await Promise.resolve();
    ended.push(index);
    if (index > 0) throw new Error(`no ${index}`);
  };
  await expect(inFlight(100, work, { concurrency: 3 })).rejects.toThrow("no 2");
  expect(ended).toEqual([2, 1, 0]);
});

test("work that never waits can be aborted from outside", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 0);
  let done = 0;
  const work = () => {
    done += 1;
    return Promise.resolve();
  };
  const endless = inFlight(1e9, work, { concurrency: 2, signal: stop.signal });
  await expect(endless).rejects.toThrow("enough");
  expect(done).toBeGreaterThan(0);
});

test.each([0, 1.5, Number.NaN])("a concurrency of %s is refused", async (concurrency) => {
  await expect(inFlight(1, () => Promise.resolve(), { concurrency })).rejects.toThrow(RangeError);
});
