import { answerFindings } from "./answer-findings.ts";
import { MERGED } from "./cosines.ts";
import type { AugmentationNumbers, EncoderCosine, RetiredClients } from "./types.ts";

/**
 * From here on the vectors of two domains overlap. CDRD holds the cosine of two domains against those with the
 * merged vector, which its terms pull to both: at .8 two domains are as near as vectors that both have a cosine
 * of .95 with the merged one on opposite sides of it.
 */
export const OVERLAP_FROM = 0.8;
/** From here on, and below that, they are near: 60 degrees. */
export const NEAR_FROM = 0.5;
/** Clients that retire before the end weigh from this share on. */
export const RETIRED_FROM = 0.1;
/** A domain's vector with less than this has hardly anything in common with the merged one. */
const APART_BELOW = 0.1;

/** How near the vectors of two domains are: from NEAR_FROM and from OVERLAP_FROM on. */
export type Overlap = "apart" | "near" | "overlapping";

export function overlapOf(cosine: number): Overlap {
  if (cosine >= OVERLAP_FROM) return "overlapping";
  return cosine >= NEAR_FROM ? "near" : "apart";
}

/** The best validation of a training and of the same one without augmentation. */
export interface AugmentationEffect {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly with: number;
  readonly without: number;
}

/** Diagnostics of a method: of one party, or a mean over seeds. */
export interface DomainSummary {
  readonly cosines: readonly Pick<EncoderCosine, "encoders" | "mean">[];
  /** Users with training events in several domains. */
  readonly commonUsers?: number | undefined;
  readonly retired?: RetiredClients | undefined;
  readonly augmentation?: AugmentationNumbers | undefined;
  readonly effect?: AugmentationEffect | undefined;
}

/** Something that a person should know, and what to do about it. */
export interface Finding {
  readonly kind:
    | "overlap"
    | "merged-apart"
    | "no-common-users"
    | "retired"
    | "answers"
    | "augmentation";
  readonly text: string;
}

/** Warning signs among the numbers, in words with their way out; none where all is as it should be. */
export function findingsOf(summary: DomainSummary): Finding[] {
  const { cosines, commonUsers, retired, augmentation, effect } = summary;
  const found: Finding[] = [];
  if (commonUsers === 0)
    found.push({
      kind: "no-common-users",
      text: "no user has training events in two domains, so that none can learn from another: look whether the column of data.columns.user spells a user alike in all clients",
    });
  for (const { encoders, mean } of cosines) {
    const [first, second] = encoders;
    if (second === MERGED) {
      if (mean < APART_BELOW)
        found.push({
          kind: "merged-apart",
          text: `the merged representation has little of ${first} (mean cosine ${cosineText(mean)}): lower cdrd.temperature or raise cdrd.weight`,
        });
      continue;
    }
    if (overlapOf(mean) === "overlapping")
      found.push({
        kind: "overlap",
        text: `representations of ${first} and ${second} overlap (mean cosine ${cosineText(mean)}): raise cdrd.weight`,
      });
  }
  if (retired !== undefined) found.push(...retirement(retired));
  if (augmentation?.answers !== undefined)
    for (const text of answerFindings(augmentation.answers)) found.push({ kind: "answers", text });
  if (augmentation !== undefined && effect !== undefined && loses(effect))
    found.push({
      kind: "augmentation",
      text: `augmentation ${effect.higherIsBetter ? "lowers" : "raises"} validation ${effect.metric} from ${effect.without.toFixed(4)} to ${effect.with.toFixed(4)}: raise idra.weight or set augmentation none`,
    });
  return found;
}

function retirement({ clients, byRound, rounds }: RetiredClients): Finding[] {
  const most = byRound.at(-1) ?? 0;
  if (clients === 0 || most / clients < RETIRED_FROM) return [];
  // The round from which on nobody else did.
  const settled = byRound.indexOf(most) + 1;
  const share = Math.round((100 * most) / clients);
  return [
    {
      kind: "retired",
      text: `${share}% of clients retired by round ${settled} of ${rounds}: raise privacy.epsilon or lower sampling`,
    },
  ];
}

const loses = ({ higherIsBetter, ...effect }: AugmentationEffect) =>
  higherIsBetter ? effect.with < effect.without : effect.with > effect.without;

/** `.93`, `-.20`. */
const cosineText = (value: number) => value.toFixed(2).replace("0.", ".");
