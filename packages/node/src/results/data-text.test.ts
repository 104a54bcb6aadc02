import { describe, expect, test } from "vitest";
import { parseExperiment } from "../experiment/index.ts";
import { dataText } from "./data-text.ts";

const textOf = (data: string) =>
  dataText(
    parseExperiment(
      `data: ${data}\nsplit: { kind: random, valid: 0.2, test: 0.2 }\nmethods: [local]\n`,
      "x.yaml",
    ),
  );

describe("whose rows they are, in words", () => {
  test("scenarios", () =>
    expect(
      textOf(
        "{ kind: scenarios, scenarios: { a: { rows: 600 }, b: { rows: 600 } }, conflictAngle: 10, spread: 25, ids: { fields: 2 } }",
      ),
    ).toBe(
      "a synthetic world of 2 scenarios whose clicks and sales depend on 8 hidden units that all have in common; what they want of them differs by 25 degrees within a group, by 25 between groups; clicks and sales by 45; 2 id features mean the same in all of them",
    ));

  test("files with one label, a threshold, several labels, none", () => {
    const files = (columns: string, rest = "feedback: explicit") =>
      textOf(
        `{ kind: files, ${rest}, columns: { categorical: [c], ${columns} }, clients: { de: { path: a.csv } } }`,
      );
    expect(files("label: bought")).toBe("1 clients, explicit feedback, label bought");
    expect(files("label: { column: stars, atLeast: 4 }")).toBe(
      "1 clients, explicit feedback, positive where stars is at least 4",
    );
    expect(files("labels: { click: clicked, sale: sold }")).toBe(
      "1 clients, explicit feedback, labels click, sale",
    );
    expect(files("user: u, item: i", "feedback: implicit")).toBe(
      "1 clients, implicit feedback, every row is a positive",
    );
  });
});
