import fc from "fast-check";
import { expect, test } from "vitest";
import { clientOf, downSubject, isCallId, tokenOf, upSubject } from "./names.ts";

const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });

test("a client's name is one token of letters and digits, and comes back from a subject", () => {
  fc.assert(
    fc.property(names, (client) => {
      expect(tokenOf(client)).toMatch(/^[0-9a-f]+$/);
      expect(clientOf(upSubject(client))).toBe(client);
    }),
  );
});

test("two names are two tokens, and neither begins the subjects of the other", () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      fc.pre(one !== other);
      expect(downSubject(other, "c.1").startsWith(downSubject(one, ""))).toBe(false);
    }),
  );
});

test("what is no token names nobody", () => {
  for (const last of ["", "6", "zz", "6465 ", "DE", "ff", "6465\n"])
    expect(clientOf(`atoll.up.${last}`)).toBeUndefined();
  expect(clientOf("atoll.up.6465")).toBe("de");
});

test("a call id is two tokens without wildcards", () => {
  expect(isCallId("Ab9.17")).toBe(true);
  for (const text of [
    "",
    "Ab9",
    "Ab9.",
    ".1",
    "*.1",
    "Ab9.>",
    "Ab9.1.2",
    "Ab9.x",
    "a b.1",
    "Ab9.1\r\n",
  ])
    expect(isCallId(text)).toBe(false);
});
