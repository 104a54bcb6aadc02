import { expect, test } from "vitest";
import type { StageTally } from "../../../augmentation/index.ts";
import { answerFindings } from "./answer-findings.ts";

const NOTHING: StageTally = { answered: 0, dropped: {}, missing: 0 };

const of = (profiles: StageTally) =>
  answerFindings({ items: NOTHING, profiles, sequences: NOTHING });

test("from a tenth on, dropped answers are told with the most frequent reason and its way out", () => {
  expect(of({ answered: 83, dropped: { "not JSON": 12, "wrong shape": 5 }, missing: 0 })).toEqual([
    '17% of answers to profiles were dropped, mostly "not JSON": see that the server holds the model to the schema (augmentation.responseFormat json-schema), or lower augmentation.temperature',
  ]);
  expect(of({ answered: 91, dropped: { "not JSON": 9 }, missing: 0 })).toEqual([]);
  expect(of({ answered: 90, dropped: { "not JSON": 10 }, missing: 0 })).toHaveLength(1);
});

test("a reason that no way out is known of is told all the same", () => {
  expect(of({ answered: 0, dropped: { "call of a tool": 3 }, missing: 0 })).toEqual([
    '100% of answers to profiles were dropped, mostly "call of a tool": look at the server, or take another model',
  ]);
});

test("what was not asked is told, however little; shares are never rounded to none or all", () => {
  const missing = (asked: number, left: number) =>
    of({ answered: asked, dropped: {}, missing: left })[0];
  expect(missing(600, 200)).toBe(
    "25% of prompts of profiles were not asked, and training went on without: raise augmentation.budget and ask the rest with atoll augment run",
  );
  expect(missing(999, 1)).toMatch(/^less than 1% /);
  expect(missing(1, 999)).toMatch(/^more than 99% /);
  expect(missing(0, 4)).toMatch(/^100% /);
  expect(missing(4, 0)).toBeUndefined();
});

test("stages stand in their order", () => {
  const bad: StageTally = { answered: 0, dropped: { "too many": 1 }, missing: 1 };
  expect(
    answerFindings({ sequences: bad, items: bad, profiles: NOTHING }).map(
      (text) => /items|sequences/.exec(text)![0],
    ),
  ).toEqual(["items", "items", "sequences", "sequences"]);
});
