import { z } from "zod";
import { answerOf, phrase, type Answer } from "./answer.ts";
import { wordsOf } from "./words.ts";

const described = z.strictObject({
  category: phrase,
  purpose: phrase,
  audience: phrase,
  qualities: z.array(phrase).min(1).max(5),
});

/** What a language model says of one item, in terms that hold in every domain. */
export type DescribedItem = z.infer<typeof described>;

/** Answers about `count` items, in their order; with `most`, about count to most of them. */
export function itemsAnswer(count: number, most = count): Answer<readonly DescribedItem[]> {
  const shape = z.strictObject({ items: z.array(described).min(count).max(most) });
  const { schema, parse } = answerOf(shape, ({ code, path }) =>
    (code === "too_big" || code === "too_small") && path.length === 1
      ? "wrong number of items"
      : undefined,
  );
  return {
    schema,
    parse: (text) => {
      const read = parse(text);
      return read.ok ? { ok: true, value: read.value.items } : read;
    },
  };
}

/** Undefined where all that the model says is that it does not know. */
export function wordsOfItem(item: DescribedItem): string | undefined {
  const { category, purpose, audience, qualities } = item;
  return wordsOf({ category: [category], purpose: [purpose], audience: [audience], qualities });
}
