import { z } from "zod";

const strength = z.number().min(0);
const count = z.number().int().positive();

const marketConfig = z.strictObject({
  rows: z
    .number()
    .int()
    .min(50)
    .describe("impressions; with implicit feedback, items that users choose"),
  users: count.optional().describe("default: one for 15 rows, at least 10"),
  items: z
    .number()
    .int()
    .min(20)
    .optional()
    .describe("default: one for 25 rows, at least 20, or 60 where users choose"),
});

/** A world of markets whose true click probabilities are known. */
export const syntheticConfig = z
  .strictObject({
    kind: z.literal("synthetic"),
    markets: z
      .record(z.string().min(1), marketConfig)
      .describe("one entry per market, from large to tiny"),
    sharedTaste: z
      .number()
      .min(0)
      .max(1)
      .default(0.7)
      .describe(
        "share of the taste's variance that all markets have in common; the rest is each market's own",
      ),
    feedback: z
      .enum(["explicit", "implicit"])
      .optional()
      .describe(
        "explicit, the default: impressions with clicks; implicit: users choose items by popularity and taste, negatives are sampled",
      ),
    taste: z
      .strictObject({
        observable: strength
          .optional()
          .describe(
            "of what attributes explain, default 1; 0 leaves all attributes of users and items out",
          ),
        hidden: strength
          .optional()
          .describe("of what only ids explain: who likes which item; default 0.25"),
        quality: strength.optional().describe("of what everyone thinks of an item; default 0.25"),
      })
      .optional()
      .describe("strengths of the parts of the log-odds"),
    popularity: strength
      .optional()
      .describe("how steeply popularity falls with an item's rank: Zipf's exponent, default 1"),
    catalogue: z
      .strictObject({
        items: count.describe("items that all markets know by the same ids"),
        share: z
          .number()
          .min(0)
          .max(1)
          .describe("share of a market's items that come from the catalogue; the rest are its own"),
      })
      .optional()
      .describe("absent: no item is in two markets"),
    titles: z
      .strictObject({
        words: count.max(20).default(5).describe("words of a title"),
        sharpness: strength
          .default(2)
          .describe("how much the words tell of what an item is like; 0: nothing"),
      })
      .optional()
      .describe("gives every item words drawn by its taste vector: the bag feature title"),
    worldSeed: z
      .number()
      .int()
      .nonnegative()
      .default(1)
      .describe("draws the world; seeds draw splits and models"),
  })
  .superRefine(({ markets, catalogue, feedback }, context) => {
    for (const [name, market] of Object.entries(markets)) {
      const { users, items } = sizesOf(market, feedback);
      const path = ["markets", name];
      if (catalogue && catalogueItems(items, catalogue.share) > catalogue.items)
        context.addIssue({
          code: "custom",
          path,
          message: `has ${items} items, of which ${catalogueItems(items, catalogue.share)} are to come from a catalogue of ${catalogue.items}; make data.catalogue.items larger, or its share or the market's items smaller`,
        });
      if (feedback === "implicit" && market.rows > users * Math.floor(items / 2))
        context.addIssue({
          code: "custom",
          path,
          message: `has ${market.rows} rows, but its ${users} users may choose at most half of its ${items} items; give it fewer rows, or more users or items`,
        });
    }
  });

export type SyntheticConfig = z.infer<typeof syntheticConfig>;

export type MarketConfig = z.infer<typeof marketConfig>;

const USERS_PER_ROW = 1 / 15;
const ITEMS_PER_ROW = 1 / 25;
const FEWEST_ITEMS = { explicit: 20, implicit: 60 };

/** Users and items of a market. */
export function sizesOf(
  { rows, users, items }: MarketConfig,
  feedback: SyntheticConfig["feedback"],
): { readonly users: number; readonly items: number } {
  return {
    users: users ?? Math.max(10, Math.round(rows * USERS_PER_ROW)),
    items:
      items ?? Math.max(FEWEST_ITEMS[feedback ?? "explicit"], Math.round(rows * ITEMS_PER_ROW)),
  };
}

/** How many of a market's items come from the catalogue. */
export function catalogueItems(items: number, share: number): number {
  return Math.round(items * share);
}

/** Scales of the logit's parts, where the config is silent. */
export function strengthsOf({ taste = {} }: SyntheticConfig): {
  readonly observable: number;
  readonly hidden: number;
  readonly quality: number;
} {
  return {
    observable: taste.observable ?? 1,
    hidden: taste.hidden ?? 0.25,
    quality: taste.quality ?? 0.25,
  };
}
