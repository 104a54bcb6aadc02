import { describe, expect, test } from "vitest";
import { modelConfig } from "../../models/index.ts";
import { methods } from "../registry.ts";
import { isHead } from "./personal-head.ts";
import { lawsOfRounds } from "./personal.laws.ts";
import {
  layoutOf,
  messagesOf,
  parametersOf,
  runMethod,
  sentArrays,
  settings,
  stagesOf,
} from "./run.fixture.ts";

const numbersIn = (chosen: Parameters<typeof parametersOf>[1]) =>
  layoutOf()
    .views.filter(chosen)
    .reduce((sum, { length }) => sum + length, 0);

describe("fedper", () => {
  lawsOfRounds({ kind: "fedper" });

  test("towers and gates never leave: what travels is all else, with its running statistics", async () => {
    const { traffic } = await runMethod({ kind: "fedper" });
    expect(sentArrays(traffic)).toEqual(["parameters", "state", "table:deep/id0"]);
    const [update] = messagesOf(traffic, "a", "update");
    expect(update!.arrays["parameters"]!.data).toHaveLength(numbersIn((view) => !isHead(view)));
    // Two experts' layer of 4 units: a mean and a variance of each. Those of the towers' 3 units stay.
    expect(update!.arrays["state"]!.data).toHaveLength(2 * 4 * 2);
  });

  test("the head is towers and gates, by their parts", () => {
    const names = layoutOf()
      .views.filter(isHead)
      .map(({ name }) => name.split("/")[0]);
    expect(new Set(names)).toEqual(
      new Set(["gate0", "gate1", "tower0", "tower1", "head0", "head1"]),
    );
  });

  test("bodies end equal, and as the mean of the last updates; heads end different", async () => {
    const { traffic, trained } = await runMethod({ kind: "fedper" });
    const body = (client: string) => parametersOf(trained[client]!, (view) => !isHead(view));
    const head = (client: string) => parametersOf(trained[client]!, isHead);
    expect(body("a")).toEqual(body("b"));
    for (const [name, values] of Object.entries(head("a")))
      expect(values, name).not.toEqual(head("b")[name]);
    const last = ["a", "b"].map((client) => messagesOf(traffic, client, "update").at(-1)!);
    const rows = last.map(({ metadata }) => metadata["numExamples"] as number);
    expect(rows).toEqual([120, 80]);
    const [ofA, ofB] = last.map(({ arrays }) => arrays["parameters"]!.data);
    Object.values(body("a"))
      .flat()
      .forEach((value, i) => expect(value).toBeCloseTo(0.6 * ofA![i]! + 0.4 * ofB![i]!, 6));
  });

  test("with local normalisation, that of the body stays at home as well", async () => {
    const entry = { kind: "fedper", normalisation: "local" };
    const { traffic } = await runMethod(entry);
    expect(sentArrays(traffic)).toEqual(["parameters", "table:deep/id0"]);
    expect(messagesOf(traffic, "a", "update")[0]!.arrays["parameters"]!.data).toHaveLength(
      numbersIn((view) => !isHead(view) && view.role !== "normalisation"),
    );
  });

  test("one client trains as alone, bit by bit", async () => {
    const one = { rows: { a: 240 } };
    const alone = await runMethod({ kind: "local" }, one);
    const own = { ...settings, federation: { ...settings.federation, shared: [] } };
    expect((await runMethod({ kind: "fedper" }, { ...one, own })).scores).toEqual(alone.scores);
  });

  test("of a model of one task the last layer is the head", async () => {
    const model = modelConfig.parse({ kind: "deepfm", width: 3, hidden: [4] });
    const fedper = await runMethod({ kind: "fedper" }, { own: { ...settings, model } });
    const fedavg = await runMethod({ kind: "fedavg" }, { own: { ...settings, model } });
    const size = (outcome: typeof fedavg) =>
      messagesOf(outcome.traffic, "a", "update")[0]!.arrays["parameters"]!.data.length;
    // Its four weights; the bias is that of the linear part as well.
    expect(size(fedavg) - size(fedper)).toBe(4);
  });

  test("a model without a head is refused, with the way out", () => {
    const model = modelConfig.parse({ kind: "lr" });
    for (const kind of ["fedper", "fedrep"])
      expect(() => stagesOf({ kind }, { ...settings, model })).toThrow(
        /^method fed(per|rep) keeps a model's head at home, but model lr has neither .*; take one that has, such as mmoe or deepfm/,
      );
    expect(methods.fedper.lacking).toBe(methods.fedrep.lacking);
  });
});
