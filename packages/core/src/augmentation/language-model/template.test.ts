import { describe, expect, test } from "vitest";
import { marksOf } from "./lines.ts";
import { conversationOf, templateProblems } from "./template.ts";
import { templates } from "./templates.fixture.ts";

test("templates that name all places of their stage have no problem", () => {
  expect(templateProblems("items", templates.items)).toEqual([]);
  expect(templateProblems("profiles", templates.profiles)).toEqual([]);
  expect(templateProblems("sequences", templates.sequences)).toEqual([]);
});

describe("what cannot be filled, and what would not be told, is a problem", () => {
  const example = { user: "1", assistant: '{"liked":[1],"disliked":[]}' };
  test.each([
    [
      { user: "{{history}} {{candidates}} {{liked}} {{dislikes}}" },
      [
        "user: {{dislikes}} is no place; there are {{history}}, {{candidates}}, {{liked}}, {{disliked}}",
        "user: {{disliked}} is missing; write it where it belongs",
      ],
    ],
    [
      { user: "{{history}}{{ candidates }}{{candidates}}{{liked}}{{disliked}}{{" },
      [
        "user: {{ candidates }} is no place; there are {{history}}, {{candidates}}, {{liked}}, {{disliked}}",
        "user: {{ is no place; there are {{history}}, {{candidates}}, {{liked}}, {{disliked}}",
      ],
    ],
    [
      { system: "You know {{history}}." },
      ["system: {{history}} is filled with nothing; places stand in user"],
    ],
    [
      { examples: [{ ...example, user: "{{domain food}} {{ago soon}} {{liked}}" }] },
      [
        "examples.0.user: {{ago soon}} is filled with nothing; {{domain NAME}} and {{ago DAYS}} are",
        "examples.0.user: {{liked}} is filled with nothing; {{domain NAME}} and {{ago DAYS}} are",
      ],
    ],
    [
      {
        examples: [
          example,
          { user: "1", assistant: '{"liked":[1],"disliked":[1]}' },
          { user: "1", assistant: "1" },
        ],
      },
      [
        "examples.1.assistant: named twice; write an answer that would be accepted",
        "examples.2.assistant: wrong shape; write an answer that would be accepted",
      ],
    ],
  ])("%j", (changes, problems) => {
    expect(templateProblems("sequences", { ...templates.sequences, ...changes })).toEqual(problems);
  });
});

test("a conversation is the system's words, the examples' turns and what is asked", () => {
  const talk = conversationOf<"profiles">(
    templates.profiles,
    marksOf({ ages: "bucket", domains: true }),
  );
  expect(talk({ history: "- a" })).toEqual([
    { role: "system", content: "Say who somebody is. Answer in JSON." },
    { role: "user", content: 'Had:\n- food: "Rye Flour" (this month)' },
    {
      role: "assistant",
      content: '{"interests":["baking"],"habits":"bakes","budget":"unknown","household":"unknown"}',
    },
    { role: "user", content: "Had:\n- a" },
  ]);
});

test("examples tell as little as what is asked", () => {
  const marks = marksOf({ ages: "none", domains: false });
  const [, shown] = conversationOf<"profiles">(templates.profiles, marks)({ history: "" });
  expect(shown!.content).toBe('Had:\n- "Rye Flour"');
});

test("values are put in as they are: places and patterns inside them stay", () => {
  const talk = conversationOf<"sequences">(
    templates.sequences,
    marksOf({ ages: "none", domains: false }),
  );
  const values = { history: "{{liked}} $& $1", candidates: "{{history}}", liked: 2, disliked: 0 };
  expect(talk(values).at(-1)!.content).toBe(
    "Had:\n{{liked}} $& $1\nOffered:\n{{history}}\nLiked: 2. Disliked: 0.",
  );
});
