import type { Defined, Measured } from "../metrics/index.ts";
import { seedNoise } from "./bootstrap.ts";
import { compareFamily, everyPair, type Comparison } from "./comparison.ts";
import { estimate, type Estimate } from "./estimate.ts";
import type { Folds } from "./folds.ts";
import { intervalOf, type Interval } from "./inference.ts";
import { macroClients, macroMeans, worstClients, type OfMetric, type Worst } from "./macro.ts";

export interface SummaryInput {
  /** measured[client][method][metric] has one entry per seed. */
  readonly measured: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, readonly Measured[]>>>>>
  >;
  readonly metrics: readonly { readonly name: string; readonly higherIsBetter: boolean }[];
  readonly methods: readonly string[];
  /** The methods that all others are compared with. */
  readonly against: readonly string[];
  /** The metric in which every two methods are compared client by client too; default: none. */
  readonly headline?: string;
  readonly samples: number;
  /** Where each seed tests one fold of one partition. */
  readonly folds?: Folds;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Summary {
  /** clients[method][client][metric]; metrics that a client and method do not define are left out. */
  readonly clients: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, Interval>>>>>
  >;
  /** macro[method][metric]: the unweighted mean over clients, those of `macroClients`. */
  readonly macro: Readonly<Record<string, Readonly<Record<string, Interval>>>>;
  /** macroClients[metric]: the clients of the macro mean, where these are not all. */
  readonly macroClients: Readonly<Record<string, readonly string[]>>;
  /** worst[method][metric], of the clients of the macro mean. */
  readonly worst: Readonly<Record<string, Readonly<Record<string, Worst>>>>;
  readonly comparisons: readonly Comparison[];
  /**
   * Every two methods once, the later one against the earlier one: over clients in every metric, client by
   * client in the headline metric.
   */
  readonly pairs: readonly Comparison[];
}

const MACRO = "macro";

/**
 * Intervals per client and over clients, and paired comparisons with some of the methods. The unit is the
 * user: bootstrap samples draw users, the same ones for every method, metric and seed; `inference.ts` says
 * how seeds enter, `folds.ts` how they do where each tests a fold. Holm's correction runs over all clients,
 * the macro mean and all methods that are compared with the same one in one metric. Of every two methods,
 * "which is better on average" and "where" are two questions: the macro means of one metric are one family,
 * its clients another.
 *
 *     const { macro, comparisons } = summarise({
 *       measured: { de: { local: { auc: [seed1, seed2] }, fedavg: { auc: [seed1, seed2] } } },
 *       metrics: [{ name: "auc", higherIsBetter: true }],
 *       methods: ["local", "fedavg"],
 *       against: ["local"],
 *       samples: 2000,
 *     });
 */
export function summarise(input: SummaryInput): Summary {
  const { measured, metrics, methods } = input;
  const clients = Object.keys(measured).sort();
  const estimates = new Map<string, Estimate>();
  clients.forEach((client, done) => {
    for (const [key, own] of estimatesOf(client, input)) estimates.set(key, own);
    input.onProgress?.(done + 1, clients.length);
  });
  const ofMetric = ({ name }: { readonly name: string }): OfMetric => ({
    methods,
    clients,
    estimateOf: (client, method) => estimates.get(keyOf(client, method, name)),
  });
  for (const metric of metrics)
    for (const [method, own] of macroMeans(ofMetric(metric)))
      estimates.set(keyOf(MACRO, method, metric.name), own);
  const worst = metrics.map(
    (metric) => [metric.name, worstClients(ofMetric(metric), metric.higherIsBetter)] as const,
  );
  const noise = seedNoise(input.samples);
  const intervals = (client: string, method: string) =>
    Object.fromEntries(
      metrics.flatMap(({ name }) => {
        const own = estimates.get(keyOf(client, method, name));
        return own === undefined ? [] : [[name, intervalOf(own, noise, input.folds)] as const];
      }),
    );
  const byMethod = <T>(value: (method: string) => T) =>
    Object.fromEntries(methods.map((method) => [method, value(method)]));
  return {
    clients: byMethod((method) =>
      Object.fromEntries(clients.map((client) => [client, intervals(client, method)])),
    ),
    macro: byMethod((method) => intervals(MACRO, method)),
    macroClients: Object.fromEntries(
      metrics.flatMap((metric) => {
        const own = macroClients(ofMetric(metric));
        return own.length === clients.length ? [] : [[metric.name, own] as const];
      }),
    ),
    worst: byMethod((method) =>
      Object.fromEntries(
        worst.flatMap(([name, of]) => {
          const own = of.get(method);
          return own === undefined ? [] : [[name, own] as const];
        }),
      ),
    ),
    comparisons: input.against.flatMap((against) =>
      metrics.flatMap((metric) =>
        compareFamily(
          methods.flatMap((method) =>
            method === against
              ? []
              : [...clients, MACRO].map((client) => ({ method, against, client })),
          ),
          familyOf(metric),
        ),
      ),
    ),
    pairs: metrics.flatMap((metric) => {
      const family = (names: readonly string[]) =>
        compareFamily(
          everyPair(methods).flatMap((pair) => names.map((client) => ({ ...pair, client }))),
          familyOf(metric),
        );
      return [...family([MACRO]), ...(metric.name === input.headline ? family(clients) : [])];
    }),
  };

  function familyOf(metric: SummaryInput["metrics"][number]) {
    return {
      metric,
      estimateOf: (client: string, method: string) =>
        estimates.get(keyOf(client, method, metric.name)),
      noise,
      folds: input.folds,
    };
  }
}

function keyOf(client: string, method: string, metric: string): string {
  return JSON.stringify([client, method, metric]);
}

/** All estimates of one client, by key. A metric that one seed does not define has no mean over seeds. */
function estimatesOf(
  client: string,
  { measured, metrics, methods, samples }: SummaryInput,
): [key: string, estimate: Estimate][] {
  const keys: string[] = [];
  const perSeed: Defined[][] = [];
  for (const method of methods)
    for (const { name } of metrics) {
      const seeds = measured[client]?.[method]?.[name] ?? [];
      const defined = seeds.filter((outcome) => outcome.kind === "value");
      if (defined.length === 0 || defined.length < seeds.length) continue;
      keys.push(keyOf(client, method, name));
      perSeed.push(defined);
    }
  return estimate(perSeed, { samples, client }).map((own, i) => [keys[i]!, own]);
}
