import { createECDH, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeCryptography } from "./index.ts";

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");
const number = (value: number): Uint8Array => bytes(value.toString(16).padStart(64, "0"));
const ONE = number(1);

/** The least x coordinate that belongs to the twist, by Euler's criterion. */
const ON_TWIST = number(1);

test("known products on P-256: NIST CAVS ECC CDH, count 0, and RFC 5903 section 8.1", () => {
  const products = [
    {
      secret: "7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534",
      x: "700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287",
      product: "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b",
    },
    {
      secret: "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
      x: "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63",
      product: "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
    },
  ];
  for (const { secret, x, product } of products)
    expect(hex(nodeCryptography.createBlinding(bytes(secret)).blindPoints(bytes(x)))).toBe(product);
});

/** Points and products worked out with whole numbers alone. */
test("values become the points, and the products, that they become elsewhere", () => {
  const secret = bytes("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534");
  const known = [
    // On the curve lie the first, the first, the second and the fourth hash of these.
    [
      "B00004ZCJJ",
      "887f857d9de17bb66b539ccbbd68172f6107e98b1b711173e64fd966d8685a98",
      "cfd1359e3fb98ade4f8beaa7592ef88fb7e5ead1bdce5f5f16cd3ab03983f315",
    ],
    [
      "Müsli",
      "30b69c0ee59270b45eb72a9698a50c35d89b33e6fa001687aec3d63ad5099d14",
      "b4376caedf0ff7911837c991a6e4eddccc02292384a84b025fd7582449cd75cb",
    ],
    [
      "",
      "9e65dbda65f91c4f1d5da58ad728aa6596f96fcc96f9ac400b4ef5c9dccc770f",
      "3fd2b845e953dabe6266acedbe489e518f3efaa3ba27796b81b6e6a88026ee06",
    ],
    [
      "7",
      "372426aa916699cd6c32f72dff2ce928377c6679415ea2046cf2f16916381009",
      "bf17360f4b0d81812a66abe59b3c64685f8ea0c6bfdae07309d6b05c270977c4",
    ],
  ] as const;
  const values = known.map(([value]) => value);
  const points = known.map(([, point]) => point).join("");
  const products = known.map(([, , product]) => product).join("");
  expect(hex(nodeCryptography.createBlinding(ONE).blindValues(values))).toBe(points);
  expect(hex(nodeCryptography.createBlinding(secret).blindValues(values))).toBe(products);
  expect(hex(nodeCryptography.createBlinding(secret).blindPoints(bytes(points)))).toBe(products);
});

test("a product is what the other side of a Diffie-Hellman exchange gets", () => {
  for (let i = 0; i < 20; i++) {
    const other = createECDH("prime256v1");
    other.generateKeys();
    const own = nodeCryptography.createBlinding();
    const self = createECDH("prime256v1");
    self.setPrivateKey(own.secret);
    const x = new Uint8Array(other.getPublicKey().subarray(1, 33));
    expect(hex(own.blindPoints(x))).toBe(hex(other.computeSecret(self.getPublicKey())));
  }
});

test("secrets of several parties commute, and every one of them matters", () => {
  const secret = fc.uint8Array({ minLength: 31, maxLength: 31 }).map((tail) => {
    const whole = new Uint8Array(32);
    whole.set(tail, 1);
    whole[31]! |= 1;
    return whole;
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(secret, { minLength: 3, maxLength: 3, selector: hex }),
      fc.string(),
      ([a, b, c], value) => {
        const [first, second, third] = [a!, b!, c!].map((s) => nodeCryptography.createBlinding(s));
        const one = third!.blindPoints(second!.blindPoints(first!.blindValues([value])));
        const other = first!.blindPoints(third!.blindPoints(second!.blindValues([value])));
        expect(one).toEqual(other);
        expect(second!.blindPoints(first!.blindValues([value]))).not.toEqual(one);
      },
    ),
    { numRuns: 15 },
  );
});

test("different values are different points, in the order in which they came", () => {
  const blinding = nodeCryptography.createBlinding();
  const values = Array.from({ length: 200 }, (_, i) => `item-${i}`);
  const points = blinding.blindValues(values);
  expect(points).toHaveLength(200 * 32);
  const single = values.map((value) => hex(blinding.blindValues([value])));
  expect(hex(points)).toBe(single.join(""));
  expect(new Set(single).size).toBe(200);
  expect(blinding.blindValues([])).toHaveLength(0);
});

describe("secrets", () => {
  test("are fresh each time, 32 bytes, and taken up again as they were", () => {
    const [one, other] = [nodeCryptography.createBlinding(), nodeCryptography.createBlinding()];
    expect(one.secret).toHaveLength(32);
    expect(one.secret).not.toEqual(other.secret);
    const again = nodeCryptography.createBlinding(one.secret);
    expect(again.secret).toEqual(one.secret);
    expect(again.blindValues(["x"])).toEqual(one.blindValues(["x"]));
    expect(other.blindValues(["x"])).not.toEqual(one.blindValues(["x"]));
  });

  test("with leading zero bytes keep them", () =>
    expect(nodeCryptography.createBlinding(number(5)).secret).toEqual(number(5)));

  test("that are no secrets are refused", () => {
    for (const wrong of [new Uint8Array(32), new Uint8Array(32).fill(255)])
      expect(() => nodeCryptography.createBlinding(wrong)).toThrow("Private key is not valid");
  });
});

describe("what is no point is refused", () => {
  const { blindPoints, blindValues } = nodeCryptography.createBlinding();

  test("an x coordinate of the twist, wherever it stands in the list", () => {
    const list = blindValues(["a", "b", "c"]);
    list.set(ON_TWIST, 2 * 32);
    expect(() => blindPoints(list)).toThrow("number 2 of 3 received points is not on P-256");
    expect(() => blindPoints(ON_TWIST)).toThrow(expect.objectContaining({ code: "CURVE_POINT" }));
  });

  test("a coordinate beyond the field, and half a point", () => {
    expect(() => blindPoints(new Uint8Array(32).fill(255))).toThrow("is not on P-256: x = ffff");
    expect(() => blindPoints(blindValues(["a"]).subarray(0, 16))).toThrow(
      "16 bytes were received as points of P-256, which have 32 each",
    );
  });

  test("of drawn bytes about half", () => {
    const refused = Array.from({ length: 400 }, () => new Uint8Array(randomBytes(32))).filter(
      (x) => {
        try {
          blindPoints(x);
          return false;
        } catch {
          return true;
        }
      },
    );
    // Six standard deviations.
    expect(Math.abs(refused.length - 200)).toBeLessThan(60);
  });
});

test("random bytes are as many as were asked for, and others each time", () => {
  expect(nodeCryptography.randomBytes(8192)).toHaveLength(8192);
  expect(hex(nodeCryptography.randomBytes(32))).not.toBe(hex(nodeCryptography.randomBytes(32)));
});
