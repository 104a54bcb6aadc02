import { describe, expect, test } from "vitest";
import type { SplitClient } from "@atoll/core/data";
import { withoutTestRows } from "./without-test-rows.ts";

const split = {
  client: "a",
  label: Float32Array.of(0, 1, 0, 1, 1, 0),
  furtherLabels: [Float32Array.of(1, 0, -1, 0, 1, 1)],
  oracle: Float64Array.of(0.1, 0, 0.9, 0.4, 0.2, 0.1, 0.8, 0.7, 0.7, 0.2, 0.3, 0.1),
  train: Int32Array.of(0, 1),
  valid: Int32Array.of(2, 3),
  test: Int32Array.of(4, 5),
  sampling: {
    validCandidates: { offsets: Int32Array.of(0, 1, 2), items: Int32Array.of(7, 8) },
    testCandidates: { offsets: Int32Array.of(0, 2, 4), items: Int32Array.of(1, 2, 3, 4) },
  },
} as unknown as SplitClient;

describe("without test rows", () => {
  const [own] = withoutTestRows(new Map([[1, [split]]])).get(1)!;

  test("what is measured last are the validation rows with their candidates", () => {
    expect([...own!.test]).toEqual([2, 3]);
    expect(own!.sampling!.testCandidates).toBe(split.sampling!.validCandidates);
  });

  test("labels and true probabilities of the test rows are gone, all others stand", () => {
    expect([...own!.label]).toEqual([0, 1, 0, 1, NaN, NaN]);
    expect([...own!.furtherLabels[0]!]).toEqual([1, 0, -1, 0, NaN, NaN]);
    expect([...own!.oracle!]).toEqual([0.1, 0, 0.9, 0.4, 0.2, 0.1, 0.8, 0.7, NaN, NaN, NaN, NaN]);
  });

  test("the split that was given is untouched", () => {
    expect([...split.label]).toEqual([0, 1, 0, 1, 1, 0]);
    expect([...split.test]).toEqual([4, 5]);
  });
});
