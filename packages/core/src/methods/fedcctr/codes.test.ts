import { expect, test } from "vitest";
import { residualCodes } from "./codes.ts";

// Two far groups of two near pairs: the first level tells groups, the second places within them.
const values = Float32Array.of(0, 0, 0, 1, 100, 0, 100, 1, 0, 0, 100, 1);

test("levels divide what levels before left over; equal vectors have equal codes", async () => {
  const codes = await residualCodes({ values, width: 2 }, { levels: 2, size: 2 });
  const of = (item: number) => [...codes.subarray(2 * item, 2 * item + 2)];
  expect(of(0)[0]).toBe(of(1)[0]);
  expect(of(2)[0]).toBe(of(3)[0]);
  expect(of(0)[0]).not.toBe(of(2)[0]);
  expect(of(0)[1]).toBe(of(2)[1]);
  expect(of(0)[1]).not.toBe(of(1)[1]);
  expect(of(4)).toEqual(of(0));
  expect(of(5)).toEqual(of(3));
  expect(await residualCodes({ values, width: 2 }, { levels: 2, size: 2 })).toEqual(codes);
  // What was given is not changed.
  expect([...values.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
});

test("more codes than items are refused", async () => {
  await expect(residualCodes({ values, width: 2 }, { levels: 1, size: 7 })).rejects.toThrow(
    "items.codes.size is 7, but there are 6 items; lower it",
  );
});
