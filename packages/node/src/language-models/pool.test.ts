import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { poolOf } from "./pool.ts";

const never = new AbortController().signal;

test("every caller has its turn, alone with its thing, and as many at a time as there are things", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 20 }),
      async (size, pauses) => {
        const things = Array.from({ length: size }, () => ({ users: 0 }));
        const pool = poolOf(things);
        let busy = 0;
        let most = 0;
        const turns = pauses.map((pause) =>
          pool.lend(async (thing) => {
            thing.users += 1;
            busy += 1;
            most = Math.max(most, busy);
            expect(thing.users).toBe(1);
            for (let i = 0; i < pause; i++) await setImmediate();
            thing.users -= 1;
            busy -= 1;
            return pause;
          }, never),
        );
        expect(await Promise.all(turns)).toEqual(pauses);
        expect(most).toBe(Math.min(size, pauses.length));
        await pool.close();
      },
    ),
  );
});

test("a thing comes back when its caller fails", async () => {
  const pool = poolOf(["a"]);
  await expect(pool.lend(() => Promise.reject(new Error("no")), never)).rejects.toThrow("no");
  await expect(pool.lend((thing) => Promise.resolve(thing), never)).resolves.toBe("a");
});

test("who waits can leave, and the next one is served", async () => {
  const pool = poolOf(["a"]);
  const gate = Promise.withResolvers<void>();
  const first = pool.lend(() => gate.promise, never);
  const leaving = new AbortController();
  const second = pool.lend((thing) => Promise.resolve(thing), leaving.signal);
  const third = pool.lend((thing) => Promise.resolve(thing), never);
  leaving.abort(new Error("left"));
  await expect(second).rejects.toThrow("left");
  gate.resolve();
  await first;
  await expect(third).resolves.toBe("a");
  await expect(pool.lend((thing) => Promise.resolve(thing), leaving.signal)).rejects.toThrow(
    "left",
  );
});

test("closing turns away who waits, and ends when everything is back", async () => {
  const pool = poolOf(["a"]);
  const gate = Promise.withResolvers<void>();
  const first = pool.lend(() => gate.promise, never);
  const waiting = pool.lend((thing) => Promise.resolve(thing), never);
  let isClosed = false;
  const closing = pool.close().then(() => (isClosed = true));
  await expect(waiting).rejects.toThrow("the pool is closed");
  expect(isClosed).toBe(false);
  gate.resolve();
  await first;
  await closing;
  await expect(pool.lend((thing) => Promise.resolve(thing), never)).rejects.toThrow(RangeError);
});
