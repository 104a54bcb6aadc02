import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import fixtures from "./__fixtures__/idst-cl.json" with { type: "json" };
import { idstCl, type IdstClSettings } from "./idst-cl.ts";
import { crossDomainLayout } from "./layout.ts";
import { crossDomainCases } from "./reference.laws.ts";
import type { ChunkSizes } from "./types.ts";

/** Three domains, public vectors and learned rows, learned request weights. */
const example = crossDomainCases(fixtures)[1]!;
const { sizes } = example;

describe("the layout", () => {
  const settings = example.settings as unknown as IdstClSettings;
  const names = (given: Partial<ChunkSizes>, learnedRequest?: readonly number[]) =>
    crossDomainLayout(
      idstCl(settings),
      { ...sizes, ...given },
      learnedRequest && { learnedRequest },
    ).views.map(({ name }) => name);

  test("projections where items have public vectors, request weights where they are learned", () => {
    expect(names({}, [3, 7]).slice(-3)).toEqual(["items/in", "items/out", "request"]);
    expect(names({ publicWidth: 0 }).slice(-2)).toEqual(["query1/profile", "query2/profile"]);
    expect(names({ requestNumbers: 0 }, [])).not.toContain("request");
    expect(names({ profileWidth: 0 })).not.toContain("query0/profile");
    expect(() => names({}, [3])).toThrow(
      "a request knows 2 numbers of a candidate, there are 1 weights",
    );
  });

  test("profiles start without a say where they are added, and with one where they are a state", () => {
    const starts = (head: IdstClSettings["head"]) =>
      crossDomainLayout(idstCl({ ...settings, head }), sizes)
        .views.filter(({ name }) => name.endsWith("/profile"))
        .map(({ init, length, shape }) => {
          const values = new Float32Array(length);
          init(values, shape, streamOf(1));
          return new Set(values).size;
        });
    expect(starts("product")).toEqual([1, 1, 1]);
    const entries = sizes.profileWidth * sizes.width;
    expect(starts("mlp")).toEqual([entries, entries, entries]);
  });

  test("request weights start as given, in every domain", () => {
    const view = crossDomainLayout(idstCl(settings), sizes, { learnedRequest: [3, 7] }).views.at(
      -1,
    )!;
    const values = new Float32Array(view.length);
    view.init(values, view.shape, undefined as never);
    expect([...values]).toEqual([3, 7, 3, 7, 3, 7]);
  });
});
