import { createDecipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeCryptography } from "./index.ts";
import { keyedBytes, keyStream } from "./keyed-bytes.ts";

const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);

test("the first block of a key is AES-256 of zeros: AESAVS KeySbox, 256 bits, counts 0 to 2", () => {
  const known = [
    [
      "c47b0294dbbbee0fec4757f22ffeee3587ca4730c3d33b691df38bab076bc558",
      "46f2fb342d6f0ab477476fc501242c5f",
    ],
    [
      "28d46cffa158533194214a91e712fc2b45b518076675affd910edeca5f41ac64",
      "4bf3b0a69aeb6657794f2901b1440ad4",
    ],
    [
      "c1cc358b449909a19436cfbb3f852ef8bcb5ed12ac7058325f56e6099aab1a1c",
      "352065272169abf9856843927d0674fd",
    ],
  ] as const;
  for (const [key, block] of known) expect(hex(keyStream(Buffer.from(key, "hex"))(16))).toBe(block);
});

test("later blocks are AES-256 of 1, 2, ...: each decrypts to its number", () => {
  const key = Buffer.from(
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "hex",
  );
  const stream = keyStream(key)(16 * 300);
  const blocks = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  const counters = blocks.update(stream);
  for (let i = 0; i < 300; i++)
    expect(counters.subarray(16 * i, 16 * i + 16).toString("hex")).toBe(
      i.toString(16).padStart(32, "0"),
    );
});

/*
 * The key by Python's hmac, the stream by the openssl program:
 * hmac.new(bytes(range(32)), "atoll/keyed-bytes/train/3/Zürich".encode(), "sha256").hexdigest()
 * head -c 40 /dev/zero | openssl enc -aes-256-ctr -K KEY -iv 00000000000000000000000000000000
 */
test("a secret and a label give the bytes that they give elsewhere", () =>
  expect(hex(nodeCryptography.keyedBytes(SECRET, "train/3/Zürich")(40))).toBe(
    "e14e55344df17d14a8d75230931af875dec40a462179febf477c53f1f81f8da376ec74abf6c15ceb",
  ));

test("the bytes do not depend on how many are taken at once", () => {
  const whole = keyedBytes(SECRET, "a label")(300_000);
  expect(keyedBytes(SECRET, "a label")(300_000)).toEqual(whole);
  const counts = fc.array(fc.oneof(fc.nat(40), fc.constantFrom(16, 8192, 65_535, 65_536, 65_537)), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(counts, (sizes) => {
      const next = keyedBytes(SECRET, "a label");
      const parts = sizes.map((size) => next(size));
      expect(parts.map(({ length }) => length)).toEqual(sizes);
      const joined = Buffer.concat(parts);
      expect(joined.equals(whole.subarray(0, joined.length))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("another label, or a secret that differs in one bit, gives bytes of which half the bits differ", () => {
  const bytes = keyedBytes(SECRET, "round/1")(125_000);
  const other = SECRET.slice();
  other[31]! ^= 1;
  for (const unrelated of [
    keyedBytes(SECRET, "round/2")(125_000),
    keyedBytes(SECRET, "round/1/")(125_000),
    keyedBytes(other, "round/1")(125_000),
    new Uint8Array(125_000),
  ]) {
    let different = 0;
    for (let i = 0; i < bytes.length; i++)
      for (let x = bytes[i]! ^ unrelated[i]!; x > 0; x &= x - 1) different++;
    // A million bits, five standard deviations.
    expect(Math.abs(different - 500_000)).toBeLessThan(2500);
  }
});

test("wrong secrets and labels are refused, by their lengths alone", () => {
  const short = SECRET.subarray(0, 31);
  expect(() => keyedBytes(short, "x")).toThrow("keyedBytes: a secret has 32 bytes, got 31");
  expect(() => keyedBytes(SECRET, "\ud800")).toThrow("keyedBytes: a label is no well-formed text");
  for (const count of [-1, 1.5, NaN])
    expect(() => keyedBytes(SECRET, "x")(count)).toThrow(`${count} is no number of bytes`);
});
