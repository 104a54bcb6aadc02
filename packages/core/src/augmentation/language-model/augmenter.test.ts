import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { languageModelAugmenter } from "./augmenter.ts";
import { asked, listeningModel, settingsOf, templates } from "./templates.fixture.ts";

const titles = ["Rye Flour", "Wheat Flour", "", "Cake Tin", "Apron"];
const population = {
  domains: ["food", "kitchen"],
  itemStarts: Int32Array.of(0, 3, 5),
  itemText: titles,
};
const history = { user: 41, items: [3, 2, 0], ages: [50, 9, 0] };

function augmenterWith({
  settings = {},
  answer,
  itemText = titles,
}: {
  settings?: object;
  answer?: Parameters<typeof listeningModel>[0];
  itemText?: readonly string[];
} = {}) {
  const { prompts, model } = listeningModel(answer);
  const options = { settings: settingsOf({ ...settings }), templates, model };
  return {
    prompts,
    augmenter: languageModelAugmenter({ ...options, population: { ...population, itemText } }),
  };
}

test("the prompt of items, whole", async () => {
  const { prompts, augmenter } = augmenterWith();
  await augmenter.describe([0, 3]);
  expect(prompts.map(({ stage, messages }) => ({ stage, messages }))).toMatchInlineSnapshot(`
    [
      {
        "messages": [
          {
            "content": "Say what things are. Answer in JSON.",
            "role": "system",
          },
          {
            "content": "Say what this 1 is:
    1. food: "Rye Flour"",
            "role": "user",
          },
          {
            "content": "{"items":[{"category":"flour","purpose":"baking","audience":"bakers","qualities":["dark"]}]}",
            "role": "assistant",
          },
          {
            "content": "Say what these 2 are:
    1. food: "Rye Flour"
    2. kitchen: "Cake Tin"",
            "role": "user",
          },
        ],
        "stage": "items",
      },
    ]
  `);
});

test("the prompt of a profile, whole", async () => {
  const { prompts, augmenter } = augmenterWith();
  await augmenter.profile(history);
  expect(prompts.map(({ stage, messages }) => ({ stage, messages }))).toMatchInlineSnapshot(`
    [
      {
        "messages": [
          {
            "content": "Say who somebody is. Answer in JSON.",
            "role": "system",
          },
          {
            "content": "Had:
    - food: "Rye Flour" (this month)",
            "role": "user",
          },
          {
            "content": "{"interests":["baking"],"habits":"bakes","budget":"unknown","household":"unknown"}",
            "role": "assistant",
          },
          {
            "content": "Had:
    - kitchen: "Cake Tin" (this year)
    - food: "Rye Flour" (this week)",
            "role": "user",
          },
        ],
        "stage": "profiles",
      },
    ]
  `);
});

test("the prompt of a sequence, whole", async () => {
  const { prompts, augmenter } = augmenterWith({ settings: { liked: 3, disliked: 1 } });
  await augmenter.pick({ history, domain: 1, candidates: [4, 3] });
  expect(prompts.map(({ stage, messages }) => ({ stage, messages }))).toMatchInlineSnapshot(`
    [
      {
        "messages": [
          {
            "content": "Say what somebody would like. Answer in JSON.",
            "role": "system",
          },
          {
            "content": "Had:
    - kitchen: "Cake Tin" (this year)
    - food: "Rye Flour" (this week)
    Offered:
    1. kitchen: "Apron"
    2. kitchen: "Cake Tin"
    Liked: 3. Disliked: 1.",
            "role": "user",
          },
        ],
        "stage": "sequences",
      },
    ]
  `);
});

describe("items", () => {
  const answer = (words: string) => {
    const item = { category: words, purpose: "baking", audience: "bakers", qualities: ["dark"] };
    return JSON.stringify({ items: [item, { ...item, category: `${words} too` }] });
  };

  test("are asked for in batches, in their order; those without a title by nobody", async () => {
    const { prompts, augmenter } = augmenterWith({
      settings: { itemsPerPrompt: 2 },
      answer: (prompt) => answer(asked(prompt).includes("Tin") ? "utensil" : "flour"),
    });
    const rest = "; purpose: baking; audience: bakers; qualities: dark";
    expect(await augmenter.describe([4, 2, 3, 0, 1])).toEqual([
      `category: utensil${rest}`,
      undefined,
      `category: utensil too${rest}`,
      `category: flour${rest}`,
      `category: flour too${rest}`,
    ]);
    expect(prompts.map(asked)).toEqual([
      'Say what these 2 are:\n1. kitchen: "Apron"\n2. kitchen: "Cake Tin"',
      'Say what these 2 are:\n1. food: "Rye Flour"\n2. food: "Wheat Flour"',
    ]);
  });

  test("of a refused answer have no words; the other batches do", async () => {
    const { augmenter } = augmenterWith({
      settings: { itemsPerPrompt: 2 },
      answer: (prompt) => (asked(prompt).includes("Tin") ? "{}" : answer("flour")),
    });
    const words = await augmenter.describe([3, 4, 0, 1]);
    expect(words.map((text) => text?.split(";")[0])).toEqual([
      undefined,
      undefined,
      "category: flour",
      "category: flour too",
    ]);
  });

  test("copied from an example are refused", async () => {
    const echo = templates.items.examples[0]!.assistant;
    const { augmenter } = augmenterWith({ answer: () => echo });
    expect(await augmenter.describe([0])).toEqual([undefined]);
  });
});

test("a profile becomes words, what is unknown left out; copied from an example it is refused", async () => {
  const baker = { interests: ["rye"], habits: "bakes", budget: "low", household: "unknown" };
  const told = augmenterWith({ answer: () => JSON.stringify(baker) });
  expect(await told.augmenter.profile(history)).toBe("interests: rye; habits: bakes; budget: low");
  const echo = templates.profiles.examples[0]!.assistant;
  const { augmenter } = augmenterWith({ answer: () => echo });
  expect(await augmenter.profile(history)).toBeUndefined();
});

describe("picks", () => {
  const candidates = [2, 1, 0]; // without titles: 2

  test("are the items behind the numbers, which count those with a title alone", async () => {
    const { augmenter } = augmenterWith({ answer: () => '{"liked":[2],"disliked":[1]}' });
    const picked = await augmenter.pick({ history, domain: 0, candidates });
    expect(picked).toEqual({ liked: [0], disliked: [1] });
  });

  test("of a refused answer are none: there is no third candidate with a title", async () => {
    const { augmenter } = augmenterWith({ answer: () => '{"liked":[3],"disliked":[]}' });
    const picked = await augmenter.pick({ history, domain: 0, candidates });
    expect(picked).toEqual({ liked: [], disliked: [] });
  });
});

test("where nothing with a title is left, nobody is asked", async () => {
  const { prompts, augmenter } = augmenterWith();
  const untitled = { user: 0, items: [2], ages: [0] };
  expect(await augmenter.describe([2, 2])).toEqual([undefined, undefined]);
  expect(await augmenter.profile(untitled)).toBeUndefined();
  const nothing = { liked: [], disliked: [] };
  expect(await augmenter.pick({ history: untitled, domain: 0, candidates: [0] })).toEqual(nothing);
  expect(await augmenter.pick({ history, domain: 0, candidates: [2] })).toEqual(nothing);
  expect(prompts).toEqual([]);
});

test("templates with a problem are refused by name", () => {
  const { model } = listeningModel();
  const broken = { ...templates, profiles: { ...templates.profiles, user: "Who?" } };
  const options = { settings: settingsOf(), templates: broken, model, population };
  expect(() => languageModelAugmenter(options)).toThrow(
    new RangeError("profiles v1: user: {{history}} is missing; write it where it belongs"),
  );
});

/** All that the prompts about one user tell. */
async function promptsAbout(itemText: readonly string[], settings: object = {}) {
  const { prompts, augmenter } = augmenterWith({ itemText, settings });
  await augmenter.profile(history);
  await augmenter.pick({ history, domain: 1, candidates: [4] });
  return prompts;
}

test("titles of other items than the history's and the candidates' never enter a user's prompt", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      const scrambled = titles.with(1, text);
      expect(await promptsAbout(scrambled)).toEqual(await promptsAbout(titles));
    }),
    { numRuns: 30 },
  );
});

test("prompts tell no numbers of users and items: with other numbers they are the same", async () => {
  const here = augmenterWith();
  await here.augmenter.pick({ history, domain: 1, candidates: [4] });
  const model = listeningModel();
  const there = languageModelAugmenter({
    settings: settingsOf(),
    templates,
    model: model.model,
    population: {
      domains: ["food", "kitchen"],
      itemStarts: Int32Array.of(0, 11, 20),
      itemText: Array<string>(20)
        .fill("")
        .with(10, "Rye Flour")
        .with(19, "Cake Tin")
        .with(12, "Apron"),
    },
  });
  const elsewhere = { user: 1, items: [19, 5, 10], ages: history.ages };
  await there.pick({ history: elsewhere, domain: 1, candidates: [12] });
  expect(model.prompts).toEqual(here.prompts);
});

const wild = fc.string({
  unit: fc.constantFrom(
    ...'"\\\n\r\t\u0000\u2028\u202E\u200B\uD800`{}:[]-12. aA$&()',
    "{{history}}",
    "{{liked}}",
    "```json",
    "\n1. ",
    '"\nLiked: 9',
    "شاي",
  ),
  maxLength: 40,
});

test("whatever the titles, every line of a prompt is the template's own or one quoted title", async () => {
  const line = /^(?:-|\d+\.) (?:food: |kitchen: )?"(?:[^"\\]|\\["\\])+"(?: \([\w ]+\))?$/u;
  const own = ["Had:", "Offered:", "Liked: 2. Disliked: 2."];
  const sends = fc.record({
    ages: fc.constantFrom("none", "bucket", "exact"),
    domains: fc.boolean(),
    redact: fc.constantFrom([], ["a", "\\d"]),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(wild, { minLength: 5, maxLength: 5 }), sends, async (texts, send) => {
      for (const prompt of await promptsAbout(texts, { send })) {
        const lines = asked(prompt).split("\n");
        expect(lines.filter((text) => !own.includes(text) && !line.test(text))).toEqual([]);
        expect(lines.filter((text) => own.includes(text)).length).toBe(
          prompt.stage === "profiles" ? 1 : 3,
        );
        if (!send.domains) expect(JSON.stringify(prompt.messages)).not.toMatch(/food:|kitchen:/);
      }
    }),
    { numRuns: 200 },
  );
});
