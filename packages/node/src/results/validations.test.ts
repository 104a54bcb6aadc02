import { expect, test } from "vitest";
import { validationsOf } from "./validations.ts";

const values = { trainLoss: 0.5, "valid/de": 0.2, "valid/us/small": 0.3, stale: 1 };

test("validation values by client, and nothing else", () => {
  expect(validationsOf({ stage: "train", values })).toEqual([
    ["de", 0.2],
    ["us/small", 0.3],
  ]);
});

test("what is trained before the model says nothing of it", () => {
  expect(validationsOf({ stage: "collaborative", values })).toEqual([]);
  expect(validationsOf({ stage: "pretrain", values })).toEqual([]);
});
