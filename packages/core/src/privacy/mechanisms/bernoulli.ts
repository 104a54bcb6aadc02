import { uniformBelow, type NextWord } from "./words.ts";

/** numerator / denominator, neither negative. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A rational number, and what floats say of it. */
export interface Gamma {
  readonly about: number;
  /** At least what `about` is off by. */
  readonly error: number;
  readonly exactly: () => Ratio;
}

const WORD = 2 ** 32;

/**
 * True with probability exp(-gamma), exactly, for a rational gamma >= 0 (Canonne, Kamath, Steinke 2020, arXiv
 * 2004.00010, algorithm 1). Floats decide wherever they can; `exactly` is asked only where a random number comes
 * closer to gamma than they are.
 */
export function bernoulliExp(next: NextWord, gamma: Gamma): boolean {
  const { about, error, exactly } = gamma;
  let whole = Math.floor(about + error);
  if (whole !== Math.floor(about - error)) {
    const { numerator, denominator } = exactly();
    whole = Number(numerator / denominator);
  }
  for (let i = 0; i < whole; i++) if (!inverseE(next)) return false;
  const rest = about - whole;
  // K is the first of trials with probabilities rest, rest / 2, rest / 3 ... that fails: odd with exp(-rest).
  for (let k = 1; ; k++) {
    const word = next();
    if ((word + 1) * k <= (rest - error) * WORD - 1) continue;
    if (word * k >= (rest + error) * WORD + 1 || !isBelow(word, next, { exactly, whole, k }))
      return k % 2 === 1;
  }
}

/** True with probability exp(-1). */
export function inverseE(next: NextWord): boolean {
  for (let k = 2; ; k++) if (uniformBelow(k, next) > 0) return k % 2 === 1;
}

/** Whether a uniform number of [0, 1) that begins with these 32 bits is below (gamma - whole) / k. */
function isBelow(
  word: number,
  next: NextWord,
  { exactly, whole, k }: { readonly exactly: () => Ratio; whole: number; k: number },
): boolean {
  const { numerator, denominator } = exactly();
  const above = numerator - BigInt(whole) * denominator;
  const below = denominator * BigInt(k);
  let drawn = BigInt(word);
  for (let bits = 32n; ; bits += 32n) {
    if ((drawn + 1n) * below <= above << bits) return true;
    if (drawn * below >= above << bits) return false;
    drawn = (drawn << 32n) | BigInt(next());
  }
}
