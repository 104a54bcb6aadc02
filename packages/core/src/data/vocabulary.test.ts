import { expect, test } from "vitest";
import { withAllExamples } from "./all-examples.fixture.ts";
import { AtollError } from "../errors/index.ts";
import { encode } from "./encode.ts";
import { rowsOfFeature } from "./feature-rows.ts";
import { OUT_OF_VOCABULARY_ROW } from "./schema.ts";
import { splitClient } from "./split-client.ts";
import { implicitRules, interactions } from "./tables.fixture.ts";
import { fitVocabulary } from "./vocabulary.ts";

/** A client whose users each have two training items, then one of validation and one of test. */
function client(name: string, users: readonly (readonly [string, readonly string[]])[]) {
  const rows = users.flatMap(([user, items], u) =>
    items.map((item, i) => [user, item, 100 * u + i] as const),
  );
  return splitClient(interactions(rows), { ...implicitRules, client: name }, 1);
}

const de = client("de", [
  ["ann", ["b", "a", "v", "t"]],
  ["bob", ["b", "ä", "v2", "t2"]],
]);
const fr = client("fr", [
  ["ann", ["a", "c", "v", "t"]],
  ["eve", ["a", "Z", "v2", "t2"]],
]);

test("training values by count, then by code units: Z before a before ä; held-out values are absent", () => {
  expect(fitVocabulary([de], "item", 1)).toEqual(["b", "a", "ä"]);
  expect(fitVocabulary([fr], "item", 1)).toEqual(["a", "Z", "c"]);
  expect(fitVocabulary([de, fr], "item", 1)).toEqual(["a", "b", "Z", "c", "ä"]);
});

test("the minimum count holds for the clients together, or for each where they are kept apart", () => {
  expect(fitVocabulary([de, fr], "item", 2)).toEqual(["a", "b"]);
  expect(fitVocabulary([de, fr], "item", 2, true)).toEqual(['["de","b"]', '["fr","a"]']);
});

test("a vocabulary that pooled encoding returns can be given back and changes nothing", () => {
  const { data, encoder } = encode([de, fr], { minCount: 1, common: ["item"] });
  const { vocabularies } = encoder;
  expect(vocabularies["user"]).toEqual([
    '["de","ann"]',
    '["de","bob"]',
    '["fr","ann"]',
    '["fr","eve"]',
  ]);
  const again = encode([de, fr], { minCount: 3, common: ["item"], vocabularies });
  expect(withAllExamples(again.data)).toEqual(withAllExamples(data));
});

test("an agreed vocabulary may hold values that this client never saw, and lack some that it did", () => {
  const { data } = encode([de], { minCount: 1, vocabularies: { item: ["elsewhere", "ä"] } });
  expect(data.schema.categorical[1]).toEqual({ name: "item", of: "item", numRows: 4 });
  const items = [...rowsOfFeature(data.train, data.schema, "item")];
  expect(items).toEqual([OUT_OF_VOCABULARY_ROW, OUT_OF_VOCABULARY_ROW, OUT_OF_VOCABULARY_ROW, 3]);
});

test("an unknown feature names the client and the features there are", () => {
  expect(() => fitVocabulary([de], "brand", 1)).toThrow(
    new AtollError(
      "DATA_MISSING_COLUMN",
      'client "de": no categorical feature "brand"; there are: user, item',
    ),
  );
});
