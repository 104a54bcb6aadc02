import type { Comparison } from "@atoll/node/comparisons";
import { pValue } from "../format.ts";
import { namesOf } from "./names.ts";
import { percent } from "./percent.ts";
import { bestStanding, standingsOf, type Standing } from "./standing.ts";

/** A test rejects below this. */
const LEVEL = 0.05;
/** Fewer differences have no signed-rank p below that. */
const FEWEST = 6;

/** The comparison in one plain sentence, and what holds it up. */
export interface ComparisonAnswer {
  readonly headline: string;
  readonly detail: string;
  /** The federated method that it is about. */
  readonly best: Standing | undefined;
}

export function answerOf(comparison: Comparison): ComparisonAnswer {
  const { runs } = comparison;
  const names = namesOf(comparison);
  const federated = standingsOf(comparison).filter(({ role }) => role === "federated");
  if (federated.length === 0)
    return {
      headline: "No federated method was compared in all runs.",
      detail: "Add one: atoll compare --add FOLDER --methods fedavg.",
      best: undefined,
    };
  const best = bestStanding(comparison);
  if (best === undefined || best.gain === undefined)
    return {
      headline: "Nothing here says what clients have without a federation.",
      detail: "Add local-only training: atoll compare --add FOLDER --methods local.",
      best: undefined,
    };
  const clients = best.better + best.even + best.worse;
  const name = names.method(runs[0]!, best.method);
  const local = comparison.runs.some(
    ({ methods }) =>
      methods[best.against!]?.settings && Object.keys(methods[best.against!]!.settings).length > 0,
  )
    ? names.method(runs[0]!, best.against!)
    : "local-only training";
  const over = runs.length === 1 ? "" : ` on average of ${runs.length} runs`;
  const helped = `${best.better} of ${clients} client${clients === 1 ? "" : "s"}`;
  const clear = best.macro.filter(({ comparison: own }) => own.verdict === "better").length;
  const headline =
    best.better > 0 || clear > 0
      ? `${name} gains ${percent(best.gain)} over ${local}${over}: clearly better for ${helped}, clearly worse for ${best.worse === 0 ? "none" : best.worse}.`
      : (best.signedRank?.pHolm ?? 1) < LEVEL && best.gain > 0
        ? `${name} gains ${percent(best.gain)} over ${local}${over}: clear over all ${clients} clients together, not for any one of them.`
        : best.worse > 0
          ? `Federating does not help: the best on average, ${name}, has ${percent(best.gain)} over ${local}${over} and is clearly worse for ${best.worse} of ${clients} clients.`
          : `No clear gain from federating: the best on average, ${name}, has ${percent(best.gain)} over ${local}${over}, without a clear difference for any of ${clients} clients.`;
  return { headline, detail: detailOf(comparison, best, federated.length), best };
}

function detailOf({ settings }: Comparison, { signedRank, macro }: Standing, federated: number) {
  const sentences: string[] = [];
  if (settings.some(({ of }) => of === "method"))
    sentences.push("Both with the best of their settings here.");
  if (macro.length > 1) {
    const gains = macro.flatMap(({ comparison }) => comparison.gain ?? []);
    sentences.push(
      `From ${percent(Math.min(...gains))} to ${percent(Math.max(...gains))}, run by run.`,
    );
  }
  if (signedRank !== undefined)
    sentences.push(
      signedRank.pHolm < LEVEL
        ? `Over the clients of all runs it differs clearly from local-only training (signed-rank test, p ${pValue(signedRank.pHolm)}).`
        : `Over the ${signedRank.n} clients of all runs no difference is clear (signed-rank test, p ${pValue(signedRank.pHolm)}${signedRank.n < FEWEST ? "; with fewer than six none can be" : ""}).`,
    );
  if (federated > 1)
    sentences.push(
      `It is the best of ${federated} federated ones by its average, which flatters the best a little.`,
    );
  return sentences.join(" ");
}
