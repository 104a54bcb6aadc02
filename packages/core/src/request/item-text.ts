/** Vectors of items over terms, in compressed rows. */
export interface TextWeights {
  readonly numTerms: number;
  /** [items + 1] */
  readonly offsets: Int32Array;
  /** [entries], distinct within an item. */
  readonly terms: Int32Array;
  /** [entries]; the squares of an item's weights add up to 1. */
  readonly weights: Float64Array;
}

/** TF-IDF vectors of items, with their words. */
export interface TextIndex extends TextWeights {
  readonly numItems: number;
  /** [terms] */
  readonly vocabulary: readonly string[];
}

/** Runs of letters, combining marks and digits of any script, composed (NFC) and in lower case. */
export function tokensOf(text: string): readonly string[] {
  return (
    text
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/**
 * TF-IDF with smooth inverse document frequencies and rows of length 1, as scikit-learn's TfidfVectorizer has
 * it by default:
 *
 *   w(i, t) = tf(i, t) (1 + ln((1 + n) / (1 + df(t)))),    divided by the length of w(i, .)
 *
 * n: items that have a term, df(t): those that have term t, tf(i, t): how often t stands in the text of i. An
 * item without a term has an empty row. Terms are numbered as they first appear.
 */
export function textIndex(texts: readonly string[]): TextIndex {
  const vocabulary: string[] = [];
  const numberOf = new Map<string, number>();
  const offsets = new Int32Array(texts.length + 1);
  const terms: number[] = [];
  const counts: number[] = [];
  const documents: number[] = [];
  let numDocuments = 0;
  texts.forEach((text, item) => {
    const own = new Map<number, number>();
    for (const token of tokensOf(text)) {
      let term = numberOf.get(token);
      if (term === undefined) {
        term = vocabulary.push(token) - 1;
        numberOf.set(token, term);
        documents.push(0);
      }
      own.set(term, (own.get(term) ?? 0) + 1);
    }
    if (own.size > 0) numDocuments += 1;
    for (const [term, count] of own) {
      terms.push(term);
      counts.push(count);
      documents[term]! += 1;
    }
    offsets[item + 1] = terms.length;
  });
  const weights = new Float64Array(terms.length);
  for (let item = 0; item < texts.length; item++) {
    let squares = 0;
    for (let e = offsets[item]!; e < offsets[item + 1]!; e++) {
      const rarity = 1 + Math.log((1 + numDocuments) / (1 + documents[terms[e]!]!));
      weights[e] = counts[e]! * rarity;
      squares += weights[e]! ** 2;
    }
    const norm = Math.sqrt(squares);
    for (let e = offsets[item]!; e < offsets[item + 1]!; e++) weights[e]! /= norm;
  }
  return {
    numItems: texts.length,
    numTerms: vocabulary.length,
    offsets,
    terms: Int32Array.from(terms),
    weights,
    vocabulary,
  };
}
