import { expect, test } from "vitest";
import { leakageWith, resultOf } from "../report/result.fixture.ts";
import { leakageLine } from "./leakage-line.ts";

test("a worry is named once, with the clients that have it", () => {
  expect(leakageLine(resultOf(["de", "fr"], {}))).toBe(
    "Worrying: test items that training never draws as negatives (de). The report says more.",
  );
});

test("where all clients have it they are not listed, where none has there is no line", () => {
  const result = resultOf(["de", "fr"], {});
  const withAll = (neverDrawn: number) => ({
    ...result,
    clients: Object.fromEntries(
      Object.entries(result.clients).map(([name, client]) => [
        name,
        { ...client, leakage: leakageWith(100, neverDrawn) },
      ]),
    ),
  });
  expect(leakageLine(withAll(10))).toContain("(all clients)");
  expect(leakageLine(withAll(0))).toBeUndefined();
});

test("results of earlier versions, without counts, have no line", () => {
  const result = resultOf(["de"], {});
  const { leakage: _, ...counts } = result.clients["de"]!;
  expect(leakageLine({ ...result, clients: { de: counts } })).toBeUndefined();
});
