import { expect, test } from "vitest";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { isPassing, toldOf } from "./told.ts";
import { threadLimit } from "./threads.ts";

test("threads are handed out in turn, and never more of them than there are", async () => {
  const withThreads = threadLimit(3);
  const running = new Map<string, number>();
  const order: string[] = [];
  let most = 0;
  const work = (name: string, count: number) =>
    withThreads(count, async () => {
      order.push(name);
      running.set(name, Math.min(count, 3));
      most = Math.max(
        most,
        [...running.values()].reduce((sum, own) => sum + own, 0),
      );
      await new Promise<void>((resolve) => setImmediate(resolve));
      running.delete(name);
      if (name === "fails") throw new Error(name);
      return name;
    });
  const done = await Promise.allSettled([
    work("first", 2),
    work("all", 9),
    work("fails", 1),
    work("second", 1),
    work("none", 0),
  ]);
  expect(done.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  expect(order).toEqual(["first", "all", "fails", "second", "none"]);
  expect(most).toBe(3);
});

test("of an error the server hears no more than it may", () => {
  const row = new AtollError("DATA_LABEL_VALUE", 'client "de", line 7: label 0.4');
  expect(toldOf(row)).toMatchObject({
    code: "SILO_ERROR",
    details: [expect.stringMatching("0.4")],
  });
  const file = new AtollError("DATA_FILE_MISSING", "/home/someone/rows.csv is not there");
  expect(toldOf(new AtollErrors([file, row]))).toMatchObject({
    code: "DATA_FILE_MISSING",
    reason: "a client's file does not exist, or is a folder; the silo's own log says more",
    details: [expect.stringMatching(/someone[^]*0\.4/)],
  });
  const stage = new AtollError("MESSAGE_UNDECLARED", "a message of stage x arrived");
  expect(toldOf(stage).reason).toBe("a message of stage x arrived");
  for (const odd of [new TypeError("row 7 is 0.4"), "row 7", undefined, { code: "DATA_OUTSIDE" }])
    expect(toldOf(odd)).toMatchObject({
      code: "SILO_ERROR",
      reason: expect.not.stringMatching("row 7"),
    });
});

test("a full disk passes, also where a thread told of it; what is wrong stays wrong", () => {
  expect(isPassing(Object.assign(new Error("full"), { code: "ENOSPC" }))).toBe(true);
  expect(isPassing(new Error("ENOSPC: no space left on device, write"))).toBe(true);
  expect(isPassing(Object.assign(new Error("gone"), { code: "ENOENT" }))).toBe(false);
  expect(isPassing(new AtollError("TRAINING_DIVERGED", "EIO"))).toBe(false);
  expect(isPassing(undefined)).toBe(false);
});
