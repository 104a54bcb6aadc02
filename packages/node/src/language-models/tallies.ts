import { STAGES, type AugmentationStage, type StageTally } from "@atoll/core/augmentation";

/** What became of a prompt in the end; undefined: it has no answer. */
export type Outcome =
  | { readonly kind: "answered" }
  | { readonly kind: "dropped"; readonly reason: string };

export interface Tallies {
  /** Notes what became of the prompt of a key; only the first outcome of a prompt counts. */
  readonly note: (stage: AugmentationStage, key: string, outcome: Outcome | undefined) => void;
  readonly read: () => Readonly<Record<AugmentationStage, StageTally>>;
}

/** Counts of distinct prompts, in a few dozen bytes for each. */
export function tallies(): Tallies {
  const stages = forStages(() => ({
    done: new Set<string>(),
    missing: new Set<string>(),
    answered: 0,
    dropped: {} as Record<string, number>,
  }));
  return {
    note: (stage, key, outcome) => {
      const own = stages[stage];
      const short = shortKey(key);
      if (own.done.has(short)) return;
      if (outcome === undefined) {
        own.missing.add(short);
        return;
      }
      own.done.add(short);
      own.missing.delete(short);
      if (outcome.kind === "answered") own.answered++;
      else own.dropped[outcome.reason] = (own.dropped[outcome.reason] ?? 0) + 1;
    },
    read: () =>
      forStages((stage) => {
        const { answered, dropped, missing } = stages[stage];
        return { answered, dropped: { ...dropped }, missing: missing.size };
      }),
  };
}

export function forStages<T>(make: (stage: AugmentationStage) => T): Record<AugmentationStage, T> {
  return Object.fromEntries(STAGES.map((stage) => [stage, make(stage)])) as Record<
    AugmentationStage,
    T
  >;
}

/**
 * 72 bits of a key: two of a million prompts share them with probability 1e-10. Strings as short as this do not
 * keep the whole key in memory.
 */
export function shortKey(key: string): string {
  return key.slice(0, 12);
}
