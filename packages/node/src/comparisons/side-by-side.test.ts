import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runSideBySide } from "./side-by-side.ts";
import { openSlots } from "./slots.ts";

/** Runs with so many trainings each, on so many slots; each training ends when the scheduler of the test says so. */
async function play(trainings: readonly number[], width: number, scheduler: fc.Scheduler) {
  const log: string[] = [];
  let active = 0;
  let most = 0;
  let nudge = () => {};
  const slots = openSlots(width, () => nudge());
  const names = trainings.map((_, i) => String(i));
  await scheduler.waitFor(
    runSideBySide(names, {
      execute: async (name, onBegun) => {
        log.push(`start ${name}`);
        await scheduler.schedule(Promise.resolve(), `read ${name}`);
        await Promise.all(
          Array.from({ length: trainings[Number(name)]! }, (_, t) =>
            slots.use(async () => {
              onBegun();
              most = Math.max(most, ++active);
              await scheduler.schedule(Promise.resolve(), `train ${name}/${t}`);
              active -= 1;
              log.push(`train ${name}`);
            }),
          ),
        );
      },
      hasRoom: slots.hasRoom,
      isOver: () => false,
      onChange: (listener) => (nudge = listener),
    }),
  );
  return { log, most };
}

describe("runs side by side", () => {
  test("all trainings happen, never more at once than there is room for, and runs start in their order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.scheduler(),
        async (trainings, width, scheduler) => {
          const { log, most } = await play(trainings, width, scheduler);
          expect(most).toBeLessThanOrEqual(width);
          const starts = log.filter((line) => line.startsWith("start"));
          expect(starts).toEqual(trainings.map((_, i) => `start ${i}`));
          for (const [i, count] of trainings.entries())
            expect(log.filter((line) => line === `train ${i}`)).toHaveLength(count);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a run starts before the last training of the one before has ended, where there is room", async () => {
    const log: string[] = [];
    let nudge = () => {};
    const slots = openSlots(2, () => nudge());
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await runSideBySide(["a", "b"], {
      execute: (name, onBegun) =>
        slots.use(async () => {
          onBegun();
          log.push(`begin ${name}`);
          if (name === "a") await held;
          else release();
          log.push(`end ${name}`);
        }),
      hasRoom: slots.hasRoom,
      isOver: () => false,
      onChange: (listener) => (nudge = listener),
    });
    expect(log).toEqual(["begin a", "begin b", "end b", "end a"]);
  });

  test("a failure starts no new run, lets the others end, and is thrown", async () => {
    const log: string[] = [];
    let nudge = () => {};
    const slots = openSlots(2, () => nudge());
    const { promise: failed, resolve: fail } = Promise.withResolvers<void>();
    const working = runSideBySide(["a", "b", "c"], {
      execute: (name, onBegun) =>
        slots.use(async () => {
          onBegun();
          if (name === "a") {
            fail();
            throw new Error("a is broken");
          }
          await failed;
          log.push(`end ${name}`);
        }),
      hasRoom: slots.hasRoom,
      isOver: () => false,
      onChange: (listener) => (nudge = listener),
    });
    await expect(working).rejects.toThrow("a is broken");
    expect(log).not.toContain("end c");
  });
});
