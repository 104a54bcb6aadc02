import type { AugmentationSettings } from "@atoll/core/augmentation";
import type { MethodEntry } from "@atoll/core/methods";
import type { DomainPages, DomainsResult } from "./domain-schema.ts";
import { describeDomains, type PartyDomains } from "./domains.ts";
import { twinOf } from "./domain-twin.ts";
import type { MetricsLine } from "./result.ts";

/** Of all methods of a run: what the result says of domains' encoders, and what a page draws of the first seed. */
export async function gatherDomains({
  seeds,
  entries,
  augmentation,
  selectBy,
  lines,
  readDomains,
}: {
  readonly seeds: readonly number[];
  readonly entries: readonly MethodEntry[];
  /** The experiment's, which holds for entries without one of their own. */
  readonly augmentation: AugmentationSettings;
  readonly selectBy: string;
  readonly lines: readonly MetricsLine[];
  readonly readDomains: (cell: {
    readonly seed: number;
    readonly method: string;
  }) => Promise<PartyDomains>;
}): Promise<{
  readonly described: ReadonlyMap<string, DomainsResult>;
  /** Undefined where no method has encoders of domains. */
  readonly pages: DomainPages | undefined;
}> {
  const described = new Map<string, DomainsResult>();
  const methodPages: DomainPages["methods"] = {};
  for (const entry of entries) {
    const perSeed: PartyDomains[] = [];
    for (const seed of seeds) perSeed.push(await readDomains({ seed, method: entry.name }));
    const found = describeDomains(
      perSeed,
      twinOf(entry, { entries, augmentation, lines, selectBy }),
    );
    if (found === undefined) continue;
    described.set(entry.name, found);
    const [first] = perSeed[0]!;
    if (first?.projection !== undefined) {
      const { encoder, user, x, y, explained } = first.projection;
      methodPages[entry.name] = {
        encoders: [...first.encoders],
        projection: {
          encoder: [...encoder],
          user: [...user],
          x: [...x],
          y: [...y],
          explained: [...explained],
        },
      };
    }
  }
  const pages: DomainPages | undefined =
    Object.keys(methodPages).length === 0
      ? undefined
      : { schema: "atoll/domains/v1", seed: seeds[0]!, methods: methodPages };
  return { described, pages };
}
