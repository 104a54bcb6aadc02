import { expect, test } from "vitest";
import { fingerprint, releaseName } from "./release-name.ts";
import { testServices } from "./services.fixture.ts";

const base = {
  settings: ["local", 2],
  arrays: { w: Float64Array.of(1, 2), v: Float64Array.of(3) },
};

test("a fingerprint is the same whatever the order of names, and another for anything else", () => {
  const reordered = { settings: ["local", 2], arrays: { v: base.arrays.v, w: base.arrays.w } };
  const others = [
    { ...base, settings: ["local", 2.0000000001] },
    { ...base, settings: ["local2", ""] },
    { ...base, arrays: { w: Float64Array.of(1, 2), v: Float64Array.of(-3) } },
    { ...base, arrays: { w: Float64Array.of(1), v: Float64Array.of(2, 3) } },
    { ...base, arrays: { wv: Float64Array.of(1, 2, 3) } },
    { ...base, arrays: { w: Float32Array.of(1, 2), v: Float64Array.of(3) } },
    {
      ...base,
      arrays: { w: Float64Array.of(1, 2), v: Float64Array.of(3), u: new Float64Array(0) },
    },
  ];
  expect(fingerprint(reordered)).toBe(fingerprint(base));
  expect(new Set([base, ...others].map(fingerprint)).size).toBe(others.length + 1);
});

test("SHA-256 of length-prefixed text and the arrays' own bytes", () => {
  // printf '2 []9 ["w",1,1]\x07' | sha256sum
  expect(fingerprint({ settings: [], arrays: { w: Uint8Array.of(7) } })).toBe(
    "3016ae352b9d14b84fcc7829c181736491c45bd5348008d88a3677848379f18d",
  );
});

test("the label has the fingerprint, the id has it only through the secret", () => {
  const [one, other] = [testServices("a"), testServices("a", { secret: 2 })];
  const name = releaseName(one, { round: 3, ...base });
  name.noise("sum");
  const label = `train/3/${fingerprint(base)}`;
  expect(one.labels).toEqual([`${label}/name`, `${label}/sum`]);
  expect(name.id).toMatch(/^train\/3\/[0-9a-f]{32}$/);
  expect(name.id).not.toContain(fingerprint(base).slice(0, 8));
  expect(releaseName(testServices("a"), { round: 3, ...base }).id).toBe(name.id);
  expect(releaseName(other, { round: 3, ...base }).id).not.toBe(name.id);
  expect(releaseName(one, { round: 4, ...base }).id).not.toBe(name.id);
});
