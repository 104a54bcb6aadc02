import type { Measured } from "../metrics/index.ts";
import { seedDraws, userDraws } from "./bootstrap.ts";
import { mean, normalCdf, quantile, standardDeviation } from "./descriptive.ts";
import { holm } from "./holm.ts";
import { differenceOf, macroOf, replicatesOf, type Estimate } from "./replicates.ts";

export interface Interval {
  readonly mean: number;
  readonly sd: number;
  readonly low: number;
  readonly high: number;
}

export interface Comparison {
  readonly method: string;
  readonly against: string;
  readonly metric: string;
  /** A client, or `macro`. */
  readonly client: string;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  readonly pHolm: number;
  readonly verdict: "better" | "worse" | "no clear difference";
}

export interface SummaryInput {
  /** measured[client][method][metric] has one entry per seed. */
  readonly measured: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, readonly Measured[]>>>>>
  >;
  readonly metrics: readonly { readonly name: string; readonly higherIsBetter: boolean }[];
  readonly methods: readonly string[];
  /** The method that the others are compared with, where it is among them. */
  readonly against: string;
  /** Methods that are compared with it. */
  readonly compared: readonly string[];
  readonly samples: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Summary {
  readonly clients: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Interval>>>>>>;
  readonly macro: Readonly<Record<string, Readonly<Record<string, Interval>>>>;
  readonly comparisons: readonly Comparison[];
}

const LEVEL = 0.05;
const MACRO = "macro";

function intervalOf(estimate: Estimate, seeds: Int32Array): Interval {
  const replicates = replicatesOf(estimate, seeds).sort();
  return {
    mean: mean(estimate.values),
    sd: standardDeviation(estimate.values),
    low: quantile(replicates, LEVEL / 2),
    high: quantile(replicates, 1 - LEVEL / 2),
  };
}

/**
 * Intervals per client and over clients, and paired comparisons. The unit is the user: a bootstrap
 * sample draws users (the same ones for every method) and seeds with replacement; influence vectors say
 * what that does to a metric. Two-sided p-values take the difference over its bootstrap deviation as
 * standard normal; Holm's correction runs over all clients, the macro mean and all compared methods of
 * one metric.
 */
export function summarise(input: SummaryInput): Summary {
  const { measured, metrics, methods, against, compared, samples } = input;
  const clients = Object.keys(measured).sort();
  const estimates = new Map<string, Estimate>();
  const keyOf = (client: string, method: string, metric: string) => JSON.stringify([client, method, metric]);
  clients.forEach((client, done) => {
    for (const [key, estimate] of estimatesOf(client, input)) estimates.set(key, estimate);
    input.onProgress?.(done + 1, clients.length);
  });
  const numSeeds = Math.max(1, ...[...estimates.values()].map((estimate) => estimate.values.length));
  const seeds = seedDraws(numSeeds, samples);
  for (const method of methods)
    for (const { name } of metrics) {
      const parts = clients.map((client) => estimates.get(keyOf(client, method, name)));
      // A macro mean over some of the clients would be another quantity: it is left out.
      if (parts.every((part) => part !== undefined) && parts.length > 0)
        estimates.set(keyOf(MACRO, method, name), macroOf(parts));
    }

  const intervals = (client: string, method: string) =>
    Object.fromEntries(
      metrics.flatMap(({ name }) => {
        const estimate = estimates.get(keyOf(client, method, name));
        return estimate === undefined ? [] : [[name, intervalOf(estimate, seeds)] as const];
      }),
    );
  const byMethod = <T>(value: (method: string) => T) =>
    Object.fromEntries(methods.map((method) => [method, value(method)]));
  return {
    clients: byMethod((method) =>
      Object.fromEntries(clients.map((client) => [client, intervals(client, method)])),
    ),
    macro: byMethod((method) => intervals(MACRO, method)),
    comparisons: metrics.flatMap((metric) => {
      const pairs = compared.flatMap((method) =>
        [...clients, MACRO].flatMap((client) => {
          const a = estimates.get(keyOf(client, method, metric.name));
          const b = estimates.get(keyOf(client, against, metric.name));
          return a && b ? [{ method, client, ...testOf(differenceOf(a, b), seeds) }] : [];
        }),
      );
      const adjusted = holm(pairs.map(({ p }) => p));
      return pairs.map((pair, i): Comparison => {
        const clear = adjusted[i]! < LEVEL;
        const up = pair.difference > 0 === metric.higherIsBetter;
        return {
          ...pair,
          against,
          metric: metric.name,
          pHolm: adjusted[i]!,
          verdict: clear ? (up ? "better" : "worse") : "no clear difference",
        };
      });
    }),
  };
}

function testOf(difference: Estimate, seeds: Int32Array) {
  const { mean: value, low, high } = intervalOf(difference, seeds);
  const deviation = standardDeviation(replicatesOf(difference, seeds));
  const p = deviation > 0 ? 2 * normalCdf(-Math.abs(value) / deviation) : value === 0 ? 1 : 0;
  return { difference: value, low, high, p };
}

/** All estimates of one client, from one set of user draws per set of present users. */
function estimatesOf(client: string, { measured, metrics, methods, samples }: SummaryInput) {
  const jobs = methods.flatMap((method) =>
    metrics.flatMap(({ name }) => {
      const perSeed = measured[client]?.[method]?.[name] ?? [];
      const defined = perSeed.filter((outcome) => outcome.kind === "value");
      // A metric that one seed does not define has no mean over seeds.
      return defined.length > 0 && defined.length === perSeed.length
        ? [{ key: JSON.stringify([client, method, name]), defined, deltas: [] as Float64Array[] }]
        : [];
    }),
  );
  // Methods share their present users metric by metric; each distinct set is drawn once for all.
  const groups = new Map<string, { present: Uint8Array; vectors: Float64Array[]; targets: (readonly [Float64Array[], number])[] }>();
  for (const { defined, deltas } of jobs)
    for (const [seed, { present, influence }] of defined.entries()) {
      const set = present.join("");
      const group = groups.get(set) ?? { present, vectors: [], targets: [] };
      groups.set(set, group);
      group.vectors.push(influence);
      group.targets.push([deltas, seed]);
    }
  for (const { present, vectors, targets } of groups.values()) {
    const drawn = userDraws(present, samples, client).deltas(vectors);
    drawn.forEach((delta, i) => {
      const [deltas, seed] = targets[i]!;
      deltas[seed] = delta;
    });
  }
  return jobs.map(({ key, defined, deltas }) => [key, { values: defined.map(({ value }) => value), deltas }] as const);
}
