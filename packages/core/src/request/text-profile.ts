import type { TextWeights } from "./item-text.ts";

/** The sum of a history's text vectors, older ones counting less. */
export interface TextProfile {
  readonly begin: () => void;
  readonly push: (item: number) => void;
  /** The product of the sum with an item's vector. */
  readonly similarity: (item: number) => number;
}

/** Below this the scale goes into the sum, long before numbers get too small or too large. */
const LEAST_SCALE = 1e-12;

/**
 * One dense vector over terms, kept as `scale` times `sum`, so that one more item costs its own terms alone.
 * Allocates nothing after it was made.
 */
export function textProfile(text: TextWeights, decay: number): TextProfile {
  if (!(decay > 0 && decay <= 1)) throw new RangeError(`decay ${decay} is not in (0, 1]`);
  const { offsets, terms, weights, numTerms } = text;
  const sum = new Float64Array(numTerms);
  const isTouched = new Uint8Array(numTerms);
  const touched = new Int32Array(numTerms);
  let numTouched = 0;
  let scale = 1;
  return {
    begin: () => {
      for (let k = 0; k < numTouched; k++) {
        sum[touched[k]!] = 0;
        isTouched[touched[k]!] = 0;
      }
      numTouched = 0;
      scale = 1;
    },
    push: (item) => {
      scale *= decay;
      if (scale < LEAST_SCALE) {
        for (let k = 0; k < numTouched; k++) sum[touched[k]!]! *= scale;
        scale = 1;
      }
      for (let e = offsets[item]!; e < offsets[item + 1]!; e++) {
        const term = terms[e]!;
        if (isTouched[term] === 0) {
          isTouched[term] = 1;
          touched[numTouched++] = term;
        }
        sum[term]! += weights[e]! / scale;
      }
    },
    similarity: (item) => {
      let product = 0;
      for (let e = offsets[item]!; e < offsets[item + 1]!; e++)
        product += weights[e]! * sum[terms[e]!]!;
      return product * scale;
    },
  };
}
