import { expect, test } from "vitest";
import { experimentJsonSchema } from "@atoll/node/experiment";
import { tuneJsonSchema } from "@atoll/node/tune";
import { resolved, type SchemaNode } from "../scripts/docs-settings.ts";

/** Settings below a node that do not say what they mean; what can have one value only says so itself. */
function unexplained(node: SchemaNode, path = ""): string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, below]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const isSaid = below.description !== undefined || below.const !== undefined;
    return [...(isSaid ? [] : [at]), ...unexplained(below, at)];
  });
  const { items, additionalProperties, anyOf = [] } = node;
  return [
    ...own,
    ...(items === undefined ? [] : unexplained(items, `${path}[]`)),
    ...(typeof additionalProperties === "object"
      ? unexplained(additionalProperties, `${path}.*`)
      : []),
    ...anyOf.flatMap((variant) => unexplained(variant, path)),
  ];
}

test("what has no description is found wherever it stands", () => {
  const of = (meaning?: string) => ({
    properties: { a: { type: "number", ...(meaning !== undefined && { description: meaning }) } },
  });
  expect(unexplained({ properties: { kind: { const: "x" } } })).toEqual([]);
  expect(unexplained(of("said"))).toEqual([]);
  expect(
    unexplained({
      properties: {
        list: { description: "said", items: of() },
        map: { description: "said", additionalProperties: of() },
        one: { description: "said", anyOf: [of("said"), of()] },
      },
    }),
  ).toEqual(["list[].a", "map.*.a", "one.a"]);
});

test.each([
  ["an experiment", experimentJsonSchema],
  ["a tune", tuneJsonSchema],
])("every setting of %s says what it means", (_, schema) => {
  expect([...new Set(unexplained(resolved(schema() as SchemaNode)))]).toEqual([]);
});
