import { clopperPearson } from "./binomial.ts";

/** How often an attacker said `in` where it was so, and where it was not, in independent trials. */
export interface Trials {
  readonly trialsIn: number;
  readonly saidInWhenIn: number;
  readonly trialsOut: number;
  readonly saidInWhenOut: number;
}

/**
 * A lower bound of epsilon from two error rates: an (epsilon, delta)-private mechanism has
 *
 *   TPR <= e^eps FPR + delta   and   1 - FPR <= e^eps (1 - TPR) + delta
 *
 * for every test (Kairouz, Oh and Viswanath 2015). Rates are taken at the ends of Clopper and Pearson's intervals
 * that favour privacy, each at half of what `confidence` leaves. 0 where nothing can be said.
 */
export function twoHypothesesBound(
  { trialsIn, saidInWhenIn, trialsOut, saidInWhenOut }: Trials,
  { delta, confidence }: { readonly delta: number; readonly confidence: number },
): number {
  const tail = (1 - confidence) / 2;
  const tpr = clopperPearson(saidInWhenIn, trialsIn, tail).low;
  const fpr = clopperPearson(saidInWhenOut, trialsOut, tail).high;
  const ratio = (gain: number, loss: number) =>
    gain <= delta ? 0 : Math.log((gain - delta) / loss);
  return Math.max(0, ratio(tpr, fpr), ratio(1 - fpr, 1 - tpr));
}
