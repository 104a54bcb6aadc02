import { expect, test } from "vitest";
import { fieldsTold } from "./fields-told.ts";
import { settingsOf } from "./templates.fixture.ts";

test("by default prompts tell titles, domains and ages in words", () => {
  expect(fieldsTold(settingsOf())).toEqual([
    {
      stage: "items",
      fields: ["titles of all items, up to 200 characters each", "the domain of each"],
    },
    {
      stage: "profiles",
      fields: [
        "titles of a user's latest 20 training events, up to 200 characters each",
        "how long before the user's latest event they were: this week, month, year or earlier",
        "the domain of each",
      ],
    },
    {
      stage: "sequences",
      fields: [
        "titles of a user's latest 20 training events, up to 200 characters each",
        "how long before the user's latest event they were: this week, month, year or earlier",
        "titles of up to 10 items per user and domain that the user did not have, up to 200 characters each",
        "the domain of each",
      ],
    },
  ]);
});

test("titles only: nothing else is told, and of stages that are on alone", () => {
  const send = { ages: "none", domains: false, history: 5, redact: ["a"] };
  expect(fieldsTold(settingsOf({ stages: ["profiles"], send }))).toEqual([
    {
      stage: "profiles",
      fields: [
        "titles of a user's latest 5 training events, up to 200 characters each, without what a pattern matches",
      ],
    },
  ]);
});

test("ages in days and several patterns are told as such", () => {
  const send = { ages: "exact", redact: ["a", "b"] };
  const [told] = fieldsTold(settingsOf({ stages: ["profiles"], send }));
  expect(told!.fields).toEqual([
    "titles of a user's latest 20 training events, up to 200 characters each, without what 2 patterns match",
    "how many days before the user's latest event they were",
    "the domain of each",
  ]);
});
