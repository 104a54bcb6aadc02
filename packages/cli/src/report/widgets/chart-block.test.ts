import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { jsonInScript } from "./chart-block.ts";

test("JSON in a script element reads back as it was, and nothing in it looks like markup", () =>
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { markup } = jsonInScript([value, "</script><!--\u2028&"]);
      expect(markup).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(markup)).toEqual(
        JSON.parse(JSON.stringify([value, "</script><!--\u2028&"])),
      );
      // As JavaScript it is the same, so it would be safe inside a script too.
      expect(JSON.stringify(runInNewContext(`(${markup})`))).toBe(
        JSON.stringify([value, "</script><!--\u2028&"]),
      );
    }),
    { numRuns: 60, examples: [["__proto__"]] },
  ));
