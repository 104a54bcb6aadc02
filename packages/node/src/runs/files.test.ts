import fc from "fast-check";
import { expect, test } from "vitest";
import { fileNameOf } from "./files.ts";

test("every client name has its own file name, without separators, and never . or ..", () => {
  expect(fileNameOf("..")).toBe("%2E.");
  expect(fileNameOf("a/b c")).toBe("a%2Fb%20c");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme", minLength: 1 }), (a, b) => {
      fc.pre(a.isWellFormed() && b.isWellFormed());
      expect(fileNameOf(a)).not.toMatch(/[/\\\0]/);
      expect(["", ".", ".."]).not.toContain(fileNameOf(a));
      if (a !== b) expect(fileNameOf(a)).not.toBe(fileNameOf(b));
    }),
  );
});
