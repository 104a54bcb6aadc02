import type { TextWeights } from "./item-text.ts";
import { textProfile } from "./text-profile.ts";
import type { Recency, RequestReader } from "./types.ts";

export interface RequestReaderOptions {
  readonly recency?: Recency | undefined;
  readonly text?: TextWeights | undefined;
  /** What an item of the history counts against the next later one, in (0, 1]. */
  readonly decay: number;
}

/**
 * Numbers of candidates, those of them that are given: `recency`, the score of `recency` at the time of the
 * request; `text`, the similarity of texts to those of the history h_1 ... h_n, oldest first,
 *
 *   sum_a decay^(n - a) cos(text_i, text_h_a).
 */
export function requestReader({ recency, text, decay }: RequestReaderOptions): RequestReader {
  const profile = text && textProfile(text, decay);
  const textAt = recency === undefined ? 0 : 1;
  return {
    names: [...(recency ? ["recency"] : []), ...(profile ? ["text"] : [])],
    begin: () => profile?.begin(),
    push: (item) => profile?.push(item),
    write: (item, days, out, at) => {
      if (recency !== undefined) out[at] = recency.score(item, days);
      if (profile !== undefined) out[at + textAt] = profile.similarity(item);
    },
  };
}
