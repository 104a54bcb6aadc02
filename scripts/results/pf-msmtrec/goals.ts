import type { Result } from "@atoll/node/results";
import { signed } from "../../markdown.ts";
import { ANGLES } from "./runs.ts";
import { PF } from "./variants.ts";
import { MACRO, clientsOf, difference, metricsOf, need, titleOf } from "../compared.ts";
import { type Goal, type ResultOf, VERDICTS, decided, graded, lines } from "../goals.ts";

const NOT_WORSE = 0.003;
const JD_NOT_WORSE = 0.005;
const OVER_LOCAL = 0.005;
const NEAR_FEDAVG = 0.005;
/** From here on groups are in conflict. */
const CONFLICT = 60;
/** Named before anything ran: where averaging everything costs most. */
const MIDDLE = ["s2", "s3"] as const;

export function syntheticGoals(resultOf: ResultOf): Goal[] {
  const against = (other: string, angles: readonly number[]) =>
    angles.map((angle) => ({ angle, entry: need(resultOf(`synthetic-${angle}`), PF, other) }));
  const said = (entries: ReturnType<typeof against>) =>
    lines(entries.map(({ angle, entry }) => `${angle}°: ${difference(entry)}`));
  const local = against("local", ANGLES);
  const apart = against(
    "fedavg",
    ANGLES.filter((angle) => angle >= CONFLICT),
  );
  const alike = against("fedavg", [0]);
  return [
    {
      goal: `synthetic: at least +${OVER_LOCAL} over local at every angle, interval above zero`,
      measured: said(local),
      verdict: decided(local.every(({ entry }) => entry.difference >= OVER_LOCAL && entry.low > 0)),
    },
    {
      goal: `synthetic: over FedAvg from ${CONFLICT}°, interval above zero`,
      measured: said(apart),
      verdict: decided(apart.every(({ entry }) => entry.low > 0)),
    },
    {
      goal: `synthetic: at 0° not below FedAvg by more than ${NEAR_FEDAVG}`,
      measured: said(alike),
      verdict: graded(alike[0]!.entry, -NEAR_FEDAVG),
    },
  ];
}

/** Of the pair of Criteo runs whose embedding tables are treated alike. */
export function criteoGoals(hash15: Result, hash18: Result, method = PF): Goal[] {
  const both = [
    ["hash_15", hash15],
    ["hash_18", hash18],
  ] as const;
  const compared = (other: string, client: (result: Result) => string) =>
    both.map(([name, result]) => ({
      title: client(result) === MACRO ? name : `${name}, ${client(result)}`,
      entry: need(result, method, other, client(result)),
    }));
  const said = (entries: ReturnType<typeof compared>) =>
    lines(entries.map(({ title, entry }) => `${title}: ${difference(entry)}`));
  const local = compared("local", () => MACRO);
  const fedavg = compared("fedavg", () => MACRO);
  const middle = MIDDLE.map((client) => ({
    title: client,
    entry: need(hash18, method, "fedavg", client),
  }));
  const smallest = compared("local", smallestOf);
  return [
    {
      goal: "Criteo: macro over local, interval above zero",
      measured: said(local),
      verdict: decided(local.every(({ entry }) => entry.low > 0)),
    },
    {
      goal: `hash_15: macro not below FedAvg by more than ${NOT_WORSE}`,
      measured: said(fedavg.slice(0, 1)),
      verdict: graded(fedavg[0]!.entry, -NOT_WORSE),
    },
    {
      goal: "hash_18: over FedAvg in both middle scenarios, interval above zero",
      measured: said(middle),
      verdict: decided(middle.every(({ entry }) => entry.low > 0)),
    },
    {
      goal: "Criteo: the smallest scenario gains over local",
      measured: said(smallest),
      verdict: decided(smallest.every(({ entry }) => entry.difference > 0)),
    },
  ];
}

/** What would be more than the goals. */
export function beyond(hash15: Result, hash18: Result, method = PF): Goal[] {
  return (
    [
      ["hash_15", hash15],
      ["hash_18", hash18],
    ] as const
  ).map(([name, result]) => {
    const entry = need(result, method, "fedavg");
    return {
      goal: `${name}: macro over FedAvg, interval above zero`,
      measured: difference(entry),
      verdict: graded(entry, 0),
    };
  });
}

/** In both of its tasks. */
export function jdGoal(jd: Result): Goal {
  const entries = metricsOf(jd)
    .filter((metric) => metric.startsWith("auc"))
    .map((metric) => ({ metric, entry: need(jd, PF, "local", MACRO, metric) }));
  const verdicts = entries.map(({ entry }) => graded(entry, -JD_NOT_WORSE));
  return {
    goal: `JD and Tmall: macro not below local by more than ${JD_NOT_WORSE}`,
    measured: lines(entries.map(({ metric, entry }) => `${titleOf(metric)}: ${difference(entry)}`)),
    verdict: VERDICTS.findLast((verdict) => verdicts.includes(verdict))!,
  };
}

/** The client with the fewest training rows. */
export function smallestOf(result: Result): string {
  const rows = (client: string) => result.clients[client]!.train;
  return clientsOf(result).reduce((least, client) => (rows(client) < rows(least) ? client : least));
}

/** In a few words, what a method is worth to the macro mean of a run. */
export function worth(result: Result, other: string, method = PF): string {
  const { difference: mean, low, high } = need(result, method, other);
  const zero = low > 0 ? "interval above zero" : high < 0 ? "interval below zero" : "may be zero";
  return `${signed(mean)} (${zero})`;
}
