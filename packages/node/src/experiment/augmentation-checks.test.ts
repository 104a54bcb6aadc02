import { describe, expect, test } from "vitest";
import { minimal, problems } from "./problems.fixture.ts";

/** Problems of an experiment with fedcctr and titles, with augmentation of the whole experiment. */
const told = (augmentation: string, methods = "[fedcctr]", columns = "text: title") =>
  problems(
    minimal
      .replace("columns: {", `columns: { timeUnit: days,${columns === "" ? "" : ` ${columns},`}`)
      .replace("methods: [popularity, local, fedavg]", `methods: ${methods}`)
      .concat(`augmentation: ${augmentation}\n`),
  );
const server = (settings = "") =>
  `{ kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1"${settings && `, ${settings}`} }`;

test.each([
  ["{ kind: none }", "[popularity]"],
  ["{ kind: heuristic }", "[fedcctr]"],
  ["{ kind: random }", "[popularity, centralised-fedcctr]"],
  [server("send: { redact: ['\\d+ ?(oz|lb)'] }"), "[fedcctr]"],
  [server("budget: { money: 2 }, prices: { input: 1 }"), "[fedcctr]"],
  ["{ kind: local, model: model.gguf }", "[fedcctr]"],
  // Sizes of a stage that is off.
  ["{ kind: heuristic, stages: [items], candidates: 2 }", "[fedcctr]"],
  ["{ kind: heuristic }", "[fedcctr, { kind: fedcctr, name: b, augmentation: { kind: none } }]"],
])("%s with %s is accepted", (augmentation, methods) =>
  expect(told(augmentation, methods)).toBe("no problem"),
);

test("augmentation that no method reads is refused", () => {
  expect(told("{ kind: heuristic }", "[popularity]")).toContain(
    "augmentation: is heuristic, but no method knows augmentation; add one that does, such as fedcctr",
  );
  expect(
    told("{ kind: heuristic }", "[{ kind: fedcctr, augmentation: { kind: random } }]"),
  ).toContain("augmentation: is heuristic, but every method that knows augmentation has its own");
});

test("what is picked fits into what is offered", () => {
  expect(told("{ kind: heuristic, candidates: 3 }")).toContain(
    "augmentation.candidates: 3 are fewer than 2 liked and 2 disliked items together",
  );
  expect(
    told("{ kind: none }", "[{ kind: fedcctr, augmentation: { kind: random, liked: 9 } }]"),
  ).toContain("methods.0.augmentation.candidates: 10 are fewer than 9 liked and 2 disliked");
});

describe("without texts", () => {
  const without = (augmentation: string) => told(augmentation, "[fedcctr]", "");
  test("sequences alone can be augmented, without a language model", () => {
    expect(without("{ kind: heuristic, stages: [sequences] }")).toBe("no problem");
    expect(without("{ kind: heuristic, stages: [sequences], pool: { similar: 100 } }")).toContain(
      "a pool of similar items is made of texts of items, but no column has the role text; name one in data.columns.text, or set stages to [sequences] and pool to popularity",
    );
    expect(without("{ kind: random }")).toContain(
      "augmentation.stages: items and profiles are made of texts of items, but no column has the role text",
    );
    expect(without("{ kind: heuristic, stages: [sequences, items] }")).toContain(
      "augmentation.stages: items is made of texts of items",
    );
  });

  test("a language model has nothing to read", () =>
    expect(without(server("stages: [sequences]"))).toContain(
      "augmentation.kind: openai-compatible tells a language model titles of items, but no column has the role text",
    ));

  test("those of one domain suffice", () =>
    expect(
      problems(
        minimal
          .replace("columns: {", "columns: { timeUnit: days,")
          .replace("de.csv }", "de.csv, columns: { text: title } }")
          .replace("methods: [popularity, local, fedavg]", "methods: [fedcctr]")
          .concat("augmentation: { kind: heuristic }\n"),
      ),
    ).toBe("no problem"));
});

test("what is redacted is something", () =>
  expect(told(server("send: { redact: [ok, 'x*'] }"))).toContain(
    'augmentation.send.redact.1: "x*" matches where nothing stands',
  ));

test.each(["https://ann:s3cret@models.example/v1", "https://models.example/v1?key=s3cret"])(
  "an address with a secret is refused, and the secret not repeated",
  (baseUrl) => {
    const message = told(`{ kind: openai-compatible, baseUrl: "${baseUrl}" }`);
    expect(message).toContain(
      "augmentation.baseUrl: holds more than an address, such as a user name or a key, which would stand in files of the run",
    );
    expect(message).not.toContain("s3cret");
  },
);

test("money without prices is no budget", () =>
  expect(told(server("budget: { money: 5 }"))).toContain(
    "augmentation.budget.money: 5 is never reached where nothing has a price",
  ));

test("what is no address, and what may be a key in place of its variable, is refused", () => {
  expect(told('{ kind: openai-compatible, baseUrl: "localhost:11434/v1" }')).toContain(
    "give an address that begins with http:// or https://",
  );
  for (const key of ["sk-a1", "gsk_a1", "MODEL KEY"])
    expect(told(server(`apiKeyEnv: "${key}"`))).toContain(
      "give the name of an environment variable in capitals",
    );
  expect(told(server("apiKeyEnv: MODEL_KEY_2"))).toBe("no problem");
});
