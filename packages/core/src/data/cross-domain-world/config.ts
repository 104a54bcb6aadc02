import { z } from "zod";

const strength = z.number().min(0);
const count = z.number().int().positive();

const domainConfig = z.strictObject({
  items: z
    .number()
    .int()
    .min(20)
    .max(50_000)
    .default(500)
    .describe("items of the domain, in no other one"),
  share: z
    .number()
    .positive()
    .default(1)
    .describe("how often users turn to this domain, against the shares of the others"),
});

/** A world of domains that the same users visit, with interests of which a part is common to them. */
export const crossDomainConfig = z
  .strictObject({
    kind: z.literal("cross-domain"),
    users: z.number().int().min(10).max(1_000_000).default(2000).describe("users of all domains"),
    domains: z
      .record(z.string().min(1), domainConfig)
      .describe("two or more, a client each; every user may visit all of them"),
    events: z
      .strictObject({
        min: z.number().int().min(3).default(10).describe("fewest events of a user"),
        max: count.default(30).describe("most events of a user"),
      })
      .prefault({})
      .describe("of a user, in all domains together: uniform from min to max"),
    sharedWeight: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe(
        "correlation of what a user wants in one domain with what it wants in another; the rest is private to each domain",
      ),
    taste: strength
      .default(1.5)
      .describe("standard deviation of what interests add to an item's log-odds, by its topic"),
    sequence: strength
      .default(2)
      .describe("how much log-odds grow with the likeness to the user's latest items"),
    popularity: strength
      .default(0.5)
      .describe("how steeply popularity falls with an item's rank: Zipf's exponent"),
    bursts: strength
      .default(5)
      .describe(
        "log-odds that an item gains between an ordinary time and its peak; 0: popularity never changes",
      ),
    days: count.default(1000).describe("from the first event to the last"),
    activeDays: count.default(200).describe("in which all events of one user lie"),
    topics: count.max(200).default(20).describe("that items of all domains are about"),
    spread: strength
      .default(0.5)
      .describe("how far an item lies from its topic, whose vector has length 1"),
    titles: z
      .strictObject({
        words: count.max(20).default(5).describe("words of a title"),
        sharpness: strength
          .default(4)
          .describe("how much the words tell of what an item is like; 0: nothing"),
      })
      .optional()
      .describe("gives every item a public text, of the same words in all domains"),
    worldSeed: z
      .number()
      .int()
      .nonnegative()
      .default(1)
      .describe("draws the world; seeds draw candidates and models"),
  })
  .superRefine(({ domains, events, days, activeDays }, context) => {
    const refuse = (path: readonly string[], message: string) =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (Object.keys(domains).length < 2)
      refuse(["domains"], "a cross-domain world has at least two domains; name another one");
    if (events.max < events.min)
      refuse(
        ["events", "max"],
        `is ${events.max}, less than the ${events.min} that min says; raise it`,
      );
    if (activeDays > days)
      refuse(
        ["activeDays"],
        `is ${activeDays}, more than the ${days} days of the world; lower it, or raise data.days`,
      );
    for (const [name, { items }] of Object.entries(domains))
      if (2 * events.max > items)
        refuse(
          ["domains", name],
          `has ${items} items, of which a user with ${events.max} events may choose at most half; give it ${2 * events.max} items, or lower data.events.max`,
        );
  });

export type CrossDomainConfig = z.infer<typeof crossDomainConfig>;
