import type { Result } from "@atoll/node/results";
import { list } from "./format.ts";
import { direction, metricLabel } from "./labels.ts";

export type Comparison = Result["comparisons"][number];
export type MethodResult = Result["methods"][string];
export type Role = MethodResult["role"];
export type MetricInterval = MethodResult["macro"][string];

/** Where the unweighted mean over clients stands among a comparison's clients. */
export const MACRO = "macro";

/** A page with more clients than this shows the largest; all of them stay in `result.json`. */
export const LONGEST_CLIENT_LIST = 24;

/** Longest list of clients in a note. */
const NAMES_LEFT_OUT = 4;

/** What a method's comparisons say, client by client, for one metric. */
export interface Tally {
  readonly method: string;
  readonly better: readonly string[];
  readonly worse: readonly string[];
  readonly unclear: readonly string[];
  /** Clients without a comparison. */
  readonly missing: readonly string[];
  readonly macro: Comparison | undefined;
}

/** A result, arranged for questions. */
export interface Facts {
  readonly result: Result;
  /** All clients, and those that pages show: the largest by training rows, in the order of the result. */
  readonly clients: readonly string[];
  readonly shown: readonly string[];
  /** Every metric that some method has, the headline first. */
  readonly metrics: readonly string[];
  /** Baselines, then federated methods, then references. */
  readonly methods: readonly string[];
  /** The baseline that the others are compared with: training locally. */
  readonly baseline: string | undefined;
  /** Federated methods, best macro mean of the headline metric first. */
  readonly federated: readonly string[];
  /** The federated method that the report leads with. */
  readonly lead: string | undefined;
  readonly comparison: (method: string, client: string, metric: string) => Comparison | undefined;
  readonly tally: (method: string, metric: string) => Tally;
}

const roles: readonly Role[] = ["baseline", "federated", "reference"];

/** Over whom means of a metric are, where that is not all clients; undefined where it is. */
export function macroNote(result: Result, metric: string): string | undefined {
  const own = result.macroClients?.[metric];
  if (own === undefined || own.length === 0) return undefined;
  const others = Object.keys(result.clients).filter((client) => !own.includes(client));
  return `Means over clients leave out ${list(others, NAMES_LEFT_OUT)}, whose test rows do not define ${metricLabel(metric)}.`;
}

export function factsOf(result: Result): Facts {
  const clients = Object.keys(result.clients);
  const names = Object.keys(result.methods);
  const baseline = baselineOf(result);
  const index = new Map<string, Comparison>();
  for (const entry of result.comparisons)
    if (entry.against === baseline)
      index.set(JSON.stringify([entry.method, entry.client, entry.metric]), entry);
  const comparison = (method: string, client: string, metric: string): Comparison | undefined =>
    index.get(JSON.stringify([method, client, metric]));
  const tally = (method: string, metric: string): Tally => {
    const having = (verdict: Comparison["verdict"] | undefined): string[] =>
      clients.filter((client) => comparison(method, client, metric)?.verdict === verdict);
    return {
      method,
      better: having("better"),
      worse: having("worse"),
      unclear: having("no clear difference"),
      missing: having(undefined),
      macro: comparison(method, MACRO, metric),
    };
  };
  const federated = ranked(result);
  return {
    result,
    clients,
    shown: largest(result, clients),
    metrics: metricsOf(result),
    methods: roles.flatMap((role) => names.filter((name) => result.methods[name]!.role === role)),
    baseline,
    federated,
    // one that helps somebody before one that helps nobody, then by its mean
    lead: federated.find((name) => helps(tally(name, result.metric))) ?? federated[0],
    comparison,
    tally,
  };
}

/** Whether some client, or the mean over clients, is significantly better off. */
export function helps(tally: Tally): boolean {
  return tally.better.length > 0 || tally.macro?.verdict === "better";
}

function baselineOf(result: Result): string | undefined {
  const against = [...new Set(result.comparisons.map((entry) => entry.against))];
  const local = Object.keys(result.methods).filter(
    (name) => result.methods[name]!.kind === "local",
  );
  return local.find((name) => against.includes(name)) ?? local[0];
}

function ranked(result: Result): string[] {
  const { metric } = result;
  const score = (name: string): number => {
    const mean = result.methods[name]!.macro[metric]?.mean;
    return mean === undefined ? -Infinity : direction(metric) * mean;
  };
  return Object.keys(result.methods)
    .filter((name) => result.methods[name]!.role === "federated")
    .sort((a, b) => (score(a) === score(b) ? 0 : score(b) - score(a)));
}

function metricsOf(result: Result): string[] {
  const names = new Set([result.metric]);
  for (const method of Object.values(result.methods)) {
    for (const name of Object.keys(method.macro)) names.add(name);
    for (const metrics of Object.values(method.clients))
      for (const name of Object.keys(metrics)) names.add(name);
  }
  return [...names];
}

function largest(result: Result, clients: readonly string[]): string[] {
  if (clients.length <= LONGEST_CLIENT_LIST) return [...clients];
  const kept = new Set(
    clients
      .toSorted((a, b) => result.clients[b]!.train - result.clients[a]!.train)
      .slice(0, LONGEST_CLIENT_LIST),
  );
  return clients.filter((client) => kept.has(client));
}
