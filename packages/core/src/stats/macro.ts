import { mean } from "./descriptive.ts";
import { macroOf, type Estimate } from "./estimate.ts";

/** One metric's estimates, by method and client; undefined where the client's rows do not define it. */
export interface OfMetric {
  readonly methods: readonly string[];
  readonly clients: readonly string[];
  readonly estimateOf: (client: string, method: string) => Estimate | undefined;
}

/** The client that a method serves worst. */
export interface Worst {
  readonly client: string;
  /** Over seeds. */
  readonly mean: number;
}

/**
 * The clients that a metric's macro mean is over, the same for all methods: those where some method has
 * it. Where none has it, the client's test rows do not define it (no positives, too few), so that no method
 * could; the mean over the others is then a fair comparison, and the result says over whom.
 */
export function macroClients({ methods, clients, estimateOf }: OfMetric): string[] {
  return clients.filter((client) =>
    methods.some((method) => estimateOf(client, method) !== undefined),
  );
}

/**
 * One method's estimates over these clients; undefined where it lacks one that others have: a mean over
 * some of the clients would be another quantity.
 */
function allOf(
  method: string,
  clients: readonly string[],
  estimateOf: OfMetric["estimateOf"],
): readonly Estimate[] | undefined {
  const own = clients.flatMap((client) => estimateOf(client, method) ?? []);
  return own.length > 0 && own.length === clients.length ? own : undefined;
}

/** The unweighted mean over the metric's clients, by method. */
export function macroMeans(metric: OfMetric): Map<string, Estimate> {
  const clients = macroClients(metric);
  return new Map(
    metric.methods.flatMap((method) => {
      const own = allOf(method, clients, metric.estimateOf);
      return own === undefined ? [] : [[method, macroOf(own)] as const];
    }),
  );
}

/** The client with the lowest mean (the highest where lower is better) of those in the macro mean, by method. */
export function worstClients(metric: OfMetric, higherIsBetter: boolean): Map<string, Worst> {
  const clients = macroClients(metric);
  const sign = higherIsBetter ? 1 : -1;
  return new Map(
    metric.methods.flatMap((method) => {
      const own = allOf(method, clients, metric.estimateOf);
      if (own === undefined) return [];
      const [worst] = own
        .map(({ values }, i): Worst => ({ client: clients[i]!, mean: mean(values) }))
        .sort((a, b) => sign * (a.mean - b.mean));
      return [[method, worst!] as const];
    }),
  );
}
