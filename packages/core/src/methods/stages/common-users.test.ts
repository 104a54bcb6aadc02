import fc from "fast-check";
import { expect, test } from "vitest";
import { knownUsers, meanStates, statesOfOther, userNumber } from "./common-users.ts";

const domain = (client: string, weight: number, numbers: number[], states: number[]) => ({
  client,
  weight,
  numbers: Float64Array.from(numbers),
  states: Float32Array.from(states),
});

test("means of states are weighted, by user, over the domains that know the user", () => {
  const means = meanStates(
    [
      domain("a", 3, [10, 20], [1, 2, 3, 4]),
      domain("b", 1, [20, 30], [7, 8, 5, 6]),
      domain("c", 0, [40], [9, 9]),
    ],
    2,
  );
  expect([...means.get("a")!]).toEqual([1, 2, 4, 5]);
  expect([...means.get("b")!]).toEqual([4, 5, 5, 6]);
  expect([...means.get("c")!]).toEqual([0, 0]);
});

test("a domain is told what the other one has of the users that both know", () => {
  const told = statesOfOther(
    [domain("a", 1, [10, 20], [1, 2, 3, 4]), domain("b", 1, [5, 20, 30], [7, 8, 5, 6, 9, 9])],
    2,
  );
  expect(told.get("a")).toEqual({
    states: Float32Array.of(0, 0, 5, 6),
    known: Uint8Array.of(0, 1),
  });
  expect(told.get("b")).toEqual({
    states: Float32Array.of(0, 0, 3, 4, 0, 0),
    known: Uint8Array.of(0, 1, 0),
  });
});

test("users without training events are not spoken of, and the others stand by their numbers", () => {
  const { order, numbers } = knownUsers(["ann", "bob", "cem"], Int32Array.of(0, 2, 2, 5));
  expect([...numbers]).toEqual([userNumber("ann"), userNumber("cem")].toSorted((a, b) => a - b));
  expect(Array.from(order, (user) => userNumber(["ann", "bob", "cem"][user]!))).toEqual([
    ...numbers,
  ]);
});

test("numbers of users are whole, of 48 bits, and follow from the id alone", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (id, other) => {
      const number = userNumber(id);
      expect(Number.isInteger(number) && number >= 0 && number < 2 ** 48).toBe(true);
      expect(userNumber(other) === number).toBe(other === id);
    }),
  );
  // The head of SHA-256("abc"), FIPS 180-2, appendix B.1: ba7816bf 8f01.
  expect(userNumber("abc")).toBe(0xba7816bf8f01);
});
