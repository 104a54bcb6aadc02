import { binomial, binomialTail, bisect } from "./binomial.ts";

/** What came of guessing which canaries a model was trained with. */
export interface OneRun {
  /** Canaries, each in or out by the toss of a coin of its own. */
  readonly canaries: number;
  /** Guesses made; about the other canaries nothing was said. */
  readonly guesses: number;
  /** Guesses that were right. */
  readonly correct: number;
}

/**
 * The largest chance that an (epsilon, delta)-private training lets an attacker be right so often:
 *
 *   f(v) + 2 m delta max_{1 <= i <= v} (f(v - i) - f(v)) / i,   f(v) = P[Binomial(r, e^eps / (e^eps + 1)) >= v]
 *
 * for m canaries, r guesses, v of them right; at most 1. Steinke, Nasr and Jagielski 2023, "Privacy auditing
 * with one (1) training run", arXiv 2305.08846, theorem 5.2, for whatever the attacker makes of the model.
 */
export function oneRunChance(run: OneRun, epsilon: number, delta: number): number {
  check(run, delta);
  const { canaries, guesses, correct } = run;
  const chance = { p: 1 / (1 + Math.exp(-epsilon)), q: 1 / (1 + Math.exp(epsilon)) };
  const least = binomialTail(correct, guesses, chance);
  let steepest = 0;
  let between = 0;
  const steps = delta > 0 ? correct : 0;
  for (let i = 1; i <= steps; i++) {
    between += binomial(correct - i, guesses, chance);
    steepest = Math.max(steepest, between / i);
  }
  return Math.min(1, least + 2 * canaries * delta * steepest);
}

/**
 * A lower bound of epsilon: with at least this `confidence` the training is not (epsilon, delta)-private for
 * any epsilon below it. 0 where nothing can be said.
 */
export function oneRunBound(
  run: OneRun,
  { delta, confidence }: { readonly delta: number; readonly confidence: number },
): number {
  const refuted = (epsilon: number) => oneRunChance(run, epsilon, delta) < 1 - confidence;
  if (!refuted(0)) return 0;
  let high = 1;
  while (refuted(high)) high *= 2;
  return bisect(refuted, 0, high).below;
}

/**
 * Guesses `in` for the canaries with the highest scores and `out` for those with the lowest, as many of either;
 * ties go by their order.
 *
 * @param scores [m], higher for canaries that look as if they had been trained on
 * @param isIn [m], 1 where the canary was
 */
export function guessCanaries(scores: Float64Array, isIn: Uint8Array, guesses: number): OneRun {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  const high = Math.ceil(guesses / 2);
  let correct = 0;
  for (let i = 0; i < high; i++) correct += isIn[order[i]!]!;
  for (let i = order.length - (guesses - high); i < order.length; i++)
    correct += 1 - isIn[order[i]!]!;
  return { canaries: scores.length, guesses, correct };
}

/** Shares of the canaries that are guessed about: which of them tells most is not known beforehand. */
const SHARES = [1, 1 / 2, 1 / 4, 1 / 8];

/**
 * The best lower bound of epsilon over several numbers of guesses, each at a confidence such that all hold
 * together at `confidence` (Bonferroni).
 */
export function canaryBound(
  scores: Float64Array,
  isIn: Uint8Array,
  { delta, confidence }: { readonly delta: number; readonly confidence: number },
): OneRun & { readonly epsilon: number } {
  const each = 1 - (1 - confidence) / SHARES.length;
  return SHARES.map((share) => {
    const run = guessCanaries(scores, isIn, Math.max(1, Math.round(share * scores.length)));
    return { ...run, epsilon: oneRunBound(run, { delta, confidence: each }) };
  }).reduce((best, other) => (other.epsilon > best.epsilon ? other : best));
}

function check({ canaries, guesses, correct }: OneRun, delta: number): void {
  if (!(correct >= 0 && correct <= guesses && guesses <= canaries && delta >= 0 && delta < 1))
    throw new RangeError(
      `${correct} of ${guesses} guesses about ${canaries} canaries, delta ${delta}`,
    );
}
