import { expect, test } from "vitest";
import { answer } from "./answer.ts";
import { macroNote } from "./facts.ts";
import { renderReport } from "./render.ts";
import { resultOf } from "./result.fixture.ts";

const whole = resultOf(
  ["a", "b", "tiny"],
  { fedavg: { a: [0.02, "better"], b: [0.01, "better"], macro: [0.015, "better"] } },
  "auc",
);
const partial = { ...whole, macroClients: { auc: ["a", "b"], logloss: [] } };
const note = "Means over clients leave out tiny, whose test rows do not define AUC.";

test("means over some of the clients say whom they leave out", () => {
  expect(macroNote(partial, "auc")).toBe(note);
  expect(answer(partial).details).toContain(note);
  const page = renderReport({
    result: partial,
    lines: [],
    messages: [],
    environment: { cores: 4, versions: { node: "24" } },
  });
  expect(page.split(note).length - 1).toBeGreaterThan(2);
});

test("means over all clients, and means that nobody has, say nothing", () => {
  expect(macroNote(whole, "auc")).toBeUndefined();
  expect(macroNote(partial, "logloss")).toBeUndefined();
  expect(answer(whole).details.join(" ")).not.toContain("leave out");
});
