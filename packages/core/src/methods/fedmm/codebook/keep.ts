import type { ClientContext } from "../../../federation/client-context.ts";
import type { Entity, EntityCodes } from "../../../federation/client-memory.ts";
import type { QuantisationMetrics } from "../../../models/quantization/index.ts";
import { writeCodebooks, type CodebookRelease, type StoredCodebook } from "./file.ts";
import type { FedMmConfig } from "../config.ts";
import { describingFeature, itemTexts } from "./item-words.ts";

/** Writes what people may want to see of a party's codes to its own store. */
export async function storeCodes(
  context: Pick<ClientContext, "memory" | "splits" | "store">,
  { alignment }: FedMmConfig,
  found: {
    readonly codes: readonly EntityCodes[];
    readonly releases: readonly CodebookRelease[];
    readonly metrics: ReadonlyMap<Entity, QuantisationMetrics>;
    readonly errors: ReadonlyMap<Entity, readonly number[]>;
  },
): Promise<void> {
  const { itemValues, userValues, itemCounts, userCounts } = context.memory.collaborative!;
  const feature = alignment.text?.feature ?? describingFeature(context.splits);
  const entities = found.codes.map(({ entity, levels, codes }): [Entity, StoredCodebook] => {
    const isItem = entity === "item";
    const { usage, perplexity, ...rest } = found.metrics.get(entity)!;
    return [
      entity,
      {
        levels: levels.map(({ kind, numCodes }) => ({ kind, numCodes })),
        values: [...(isItem ? itemValues : userValues)],
        counts: [...(isItem ? itemCounts : userCounts).subarray(1)],
        ...(isItem &&
          feature !== undefined && { words: itemTexts(context.splits, feature, itemValues) }),
        metrics: { usage: [...usage], perplexity: [...perplexity], ...rest },
        errorByRound: [...found.errors.get(entity)!],
        codes: codes.slice(levels.length),
      },
    ];
  });
  await writeCodebooks(context.store, {
    entities: Object.fromEntries(entities),
    releases: found.releases,
  });
}
