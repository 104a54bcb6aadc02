import { expect, test } from "vitest";
import { secretBits } from "./secret-bits.ts";

test("bytes are read once each, as little-endian integers, block after block", () => {
  let at = 0;
  const bits = secretBits((count) => Uint8Array.from({ length: count }, () => at++ & 255));
  expect([bits.next(), bits.next()]).toEqual([0x03020100, 0x07060504]);
  for (let i = 2; i < 63; i++) bits.next();
  expect(bits.next()).toBe(0xfffefdfc | 0);
  const before = at;
  for (let i = 64; i < before / 4; i++) bits.next();
  expect(at).toBe(before);
  expect(bits.next()).toBe(0x03020100);
  expect(at).toBe(2 * before);
});
