import type { Result } from "@atoll/node/results";
import { factsOf, helps, MACRO, macroNote, type Facts, type Tally } from "./facts.ts";
import { list, metricValue, signed } from "./format.ts";
import { direction, methodLabel, metricLabel } from "./labels.ts";

/** The run's answer to "what would each client gain from federating?". */
export interface Answer {
  readonly kind:
    | "helps"
    | "helps-on-average"
    | "no-help"
    | "single-client"
    | "no-federated-method"
    | "no-baseline";
  /** One sentence. */
  readonly headline: string;
  /** What a reader must know beside it, one sentence or two each. */
  readonly details: readonly string[];
  /** The federated method that the headline speaks of. */
  readonly tally: Tally | undefined;
}

/** Longest list of names in a sentence. */
const NAMES = 4;

/**
 * Words the result. Only differences that stay significant after Holm's correction count as gains or
 * losses; references are never recommended.
 */
export function answer(result: Result): Answer {
  const facts = factsOf(result);
  if (facts.lead === undefined)
    return {
      kind: "no-federated-method",
      headline:
        bestBaseline(facts) ??
        "No federated method was run, so these results cannot say whether federating helps.",
      details: [
        ...(bestBaseline(facts) === undefined
          ? []
          : ["No federated method was run: these results say nothing about federating."]),
        ...references(facts),
        ...seeds(result),
      ],
      tally: undefined,
    };
  const tally = facts.tally(facts.lead, result.metric);
  const compared = tally.better.length + tally.worse.length + tally.unclear.length;
  const told = compared === 0 ? notCompared(facts, tally) : verdict(facts, tally);
  return {
    ...told,
    details: [
      ...choice(facts, tally),
      ...safer(facts, tally),
      ...uncompared(tally, compared),
      ...leftOut(result),
      ...otherBaselines(facts, tally),
      ...references(facts),
      ...seeds(result),
    ],
    tally,
  };
}

/** Where several trainings were compared and none was federated: which is best, and how clearly. */
function bestBaseline({ result, methods, baseline, comparison }: Facts): string | undefined {
  const { metric } = result;
  const measured = methods
    .filter((name) => result.methods[name]!.role === "baseline")
    .flatMap((name) => {
      const mean = result.methods[name]!.macro[metric]?.mean;
      return mean === undefined ? [] : [{ name, mean }];
    })
    .sort((a, b) => direction(metric) * (b.mean - a.mean));
  const [best] = measured;
  if (best === undefined || measured.length < 3 || baseline === undefined) return undefined;
  const better = measured.filter(
    ({ name }) => comparison(name, MACRO, metric)?.verdict === "better",
  ).length;
  const others = measured.filter(({ name }) => name !== baseline).length;
  return (
    `${methodLabel(best.name)} has the best ${metricLabel(metric)}, ${metricValue(best.mean)}; ` +
    `${better === 0 ? "none" : better} of ${others} methods ${better === 1 || better === 0 ? "is" : "are"} clearly better than ${methodLabel(baseline)}.`
  );
}

function verdict(facts: Facts, tally: Tally): Pick<Answer, "kind" | "headline"> {
  const { metric } = facts.result;
  const method = methodLabel(tally.method);
  const { better, worse, unclear } = tally;
  const compared = better.length + worse.length + unclear.length;
  const average = averageText(tally, metric);
  if (facts.clients.length === 1) {
    const only = [...better, ...worse, ...unclear][0]!;
    const difference = facts.comparison(tally.method, only, metric)!;
    return {
      kind: "single-client",
      headline:
        `There is only one client, so nobody to federate with; ${method} against local training: ` +
        `${difference.verdict} (${gainText(difference.difference, metric)}).`,
    };
  }
  if (better.length > 0) {
    const who =
      better.length === compared ? everyOne(compared) : `${better.length} of ${compared} clients`;
    const gain =
      tally.macro?.verdict === "worse"
        ? ` but loses on average: ${average} with ${method}`
        : average === undefined
          ? ` with ${method}`
          : `: ${average} on average with ${method}`;
    const doubt =
      tally.macro?.verdict === "no clear difference" ? " (the average is no clear difference)" : "";
    return {
      kind: "helps",
      headline: `Federating helps ${who}${gain}${doubt}${others(tally)}${alone(facts, tally)}.`,
    };
  }
  if (tally.macro?.verdict === "better")
    return {
      kind: "helps-on-average",
      headline:
        `Federating helps on average, though no single client gains clearly: ${average} with ` +
        `${method}${losers(tally)}${alone(facts, tally)}.`,
    };
  return {
    kind: "no-help",
    headline: `Federating did not help on these data: ${failure(facts, tally)}.`,
  };
}

/** How the best federated method fell short. */
function failure(facts: Facts, tally: Tally): string {
  const { worse, unclear } = tally;
  const compared = worse.length + unclear.length;
  const average = averageText(tally, facts.result.metric);
  const method =
    methodLabel(tally.method) +
    (facts.federated.length > 1 ? `, the best of ${facts.federated.length} federated methods` : "");
  const mean = average === undefined ? "" : ` (${average} on average)`;
  if (worse.length === 0)
    return `no clear difference to local training for any of ${compared} clients with ${method}${mean}`;
  if (unclear.length === 0) return `${everyOne(compared)} lose with ${method}${mean}`;
  const rest = unclear.length === 1 ? "the other one shows" : `the other ${unclear.length} show`;
  return `${lose(worse)} with ${method}, and ${rest} no clear difference${mean}`;
}

function everyOne(count: number): string {
  return count === 1
    ? "the one client compared"
    : count === 2
      ? "both clients"
      : `all ${count} clients`;
}

function lose(names: readonly string[]): string {
  return `${list(names, NAMES)} ${names.length === 1 ? "loses" : "lose"}`;
}

function losers(tally: Tally): string {
  return tally.worse.length === 0 ? "" : `; ${lose(tally.worse)}`;
}

function others(tally: Tally): string {
  const { unclear } = tally;
  const even = unclear.length === 0 ? "" : `; no clear difference for ${list(unclear, NAMES)}`;
  return losers(tally) + even;
}

/** `+0.0210 NDCG@10`. */
function gainText(difference: number, metric: string): string {
  const note = direction(metric) === 1 ? "" : " (lower is better)";
  return `${signed(difference)} ${metricLabel(metric)}${note}`;
}

function averageText(tally: Tally, metric: string): string | undefined {
  return tally.macro === undefined ? undefined : gainText(tally.macro.difference, metric);
}

function notCompared(facts: Facts, tally: Tally): Pick<Answer, "kind" | "headline"> {
  const why =
    facts.baseline === undefined
      ? "Training locally was not part of this run"
      : `${methodLabel(tally.method)} was not compared with training locally`;
  return {
    kind: "no-baseline",
    headline: `${why}, so these results cannot say whether federating helps.`,
  };
}

/** How the method was chosen, and what that is worth. */
function choice(facts: Facts, tally: Tally): string[] {
  const { federated } = facts;
  if (federated.length < 2) return [];
  const method = methodLabel(tally.method);
  const best = federated[0]!;
  if (best === tally.method)
    return [
      `${method} has the best mean over clients of ${federated.length} federated methods. It was picked by these test ` +
        `results, so expect slightly less of it on new data.`,
    ];
  return [
    `${methodLabel(best)} has a better mean over clients than ${method}, but no client gains clearly from it.`,
  ];
}

/** A method that harms nobody is worth a word beside one that does. */
function safer(facts: Facts, tally: Tally): string[] {
  if (tally.worse.length === 0) return [];
  const harmless = facts.federated
    .filter((name) => name !== tally.method)
    .map((name) => facts.tally(name, facts.result.metric))
    .find((other) => other.worse.length === 0 && helps(other) && other.missing.length === 0);
  if (harmless === undefined) return [];
  const average = averageText(harmless, facts.result.metric);
  return [
    `With ${methodLabel(harmless.method)} nobody clearly loses: it helps ${harmless.better.length} of ` +
      `${facts.clients.length} clients${average === undefined ? "" : `, ${average} on average`}.`,
  ];
}

function uncompared(tally: Tally, compared: number): string[] {
  if (tally.missing.length === 0 || compared === 0) return [];
  return [`Not compared: ${list(tally.missing, NAMES)}.`];
}

/** What a baseline that is clearly better than local training already gives, without a federation. */
function alone(facts: Facts, tally: Tally): string {
  const { methods, metric, comparisons } = facts.result;
  const sign = direction(metric);
  const [best] = facts.methods
    .filter((name) => methods[name]!.role === "baseline" && name !== facts.baseline)
    .flatMap((name) => {
      const macro = facts.comparison(name, MACRO, metric);
      return macro?.verdict === "better" ? [{ name, gain: macro.difference }] : [];
    })
    .sort((a, b) => sign * (b.gain - a.gain));
  if (best === undefined) return "";
  const beyond = comparisons.find(
    (entry) =>
      entry.method === tally.method &&
      entry.against === best.name &&
      entry.client === MACRO &&
      entry.metric === metric,
  );
  const rest =
    beyond === undefined
      ? ""
      : `; federating adds ${signed(beyond.difference)} to that, ${beyond.verdict === "no clear difference" ? beyond.verdict : "a clear difference"}`;
  return ` (${signed(best.gain)} needs no federation: ${methodLabel(best.name)}${rest})`;
}

/** A count of clicks that beats the trained model must not stay in the small print. */
function otherBaselines(facts: Facts, tally: Tally): string[] {
  const { methods, metric } = facts.result;
  const sign = direction(metric);
  const value = (method: string, client: string): number | undefined =>
    methods[method]!.clients[client]?.[metric]?.mean;
  return facts.methods
    .filter((name) => methods[name]!.role === "baseline" && name !== facts.baseline)
    .flatMap((name) => {
      const ahead = facts.clients.filter((client) => {
        const own = value(tally.method, client);
        const other = value(name, client);
        return own !== undefined && other !== undefined && sign * (other - own) > 0;
      });
      const first = ahead[0];
      if (first === undefined) return [];
      const where =
        ahead.length === 1
          ? `for ${first} (${metricValue(value(name, first))} against ${metricValue(value(tally.method, first))})`
          : ahead.length === facts.clients.length
            ? `for ${everyOne(ahead.length)}`
            : `for ${list(ahead, NAMES)}`;
      const higher = sign === 1 ? "higher" : "better";
      return [
        `${methodLabel(name)} still scores ${higher} than ${methodLabel(tally.method)} ${where}.`,
      ];
    });
}

/** Over whom "on average" is. */
function leftOut(result: Result): string[] {
  const note = macroNote(result, result.metric);
  return note === undefined ? [] : [note];
}

function references(facts: Facts): string[] {
  const { methods, metric } = facts.result;
  const texts = facts.methods
    .filter((name) => methods[name]!.role === "reference")
    .flatMap((name) => {
      const difference = facts.tally(name, metric).macro?.difference;
      const value = methods[name]!.macro[metric]?.mean;
      if (value === undefined) return [];
      const gain = difference === undefined ? "" : ` (${signed(difference)} over local)`;
      return [`${methodLabel(name)} reaches ${metricValue(value)}${gain}`];
    });
  if (texts.length === 0) return [];
  return [
    `For reference only, not available to a real federation: ${list(texts)} ${metricLabel(metric)} on average.`,
  ];
}

function seeds(result: Result): string[] {
  const count = result.seeds.length;
  if (count >= 3) return [];
  return [
    count === 1
      ? "One seed only: the intervals cover users, not the chance of training. Run three or more before deciding."
      : `${count} seeds only: the chance of training is hardly covered. Run three or more before deciding.`,
  ];
}
