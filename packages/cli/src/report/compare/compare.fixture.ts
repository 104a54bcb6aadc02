import { comparisonSchema, type ComparedRun, type Comparison } from "@atoll/node/comparisons";

const interval = (mean: number) => ({ mean, sd: 0.01, low: mean - 0.02, high: mean + 0.02 });

/** Values of three methods on two clients; differences of more than 0.03 are clear. */
function runOf(
  name: string,
  values: Readonly<Record<string, readonly [number, number]>>,
): ComparedRun {
  const clients = ["de", "fr"];
  const of = (method: string, client: string) =>
    client === "macro"
      ? (values[method]![0] + values[method]![1]) / 2
      : values[method]![clients.indexOf(client)]!;
  const compare = (method: string, against: string, client: string) => {
    const difference = of(method, client) - of(against, client);
    const verdict =
      Math.abs(difference) <= 0.03 ? "no clear difference" : difference > 0 ? "better" : "worse";
    return {
      method,
      against,
      metric: "auc",
      client,
      difference,
      low: difference - 0.01,
      high: difference + 0.01,
      p: 0.01,
      pHolm: 0.02,
      verdict,
      gain: (100 * difference) / of(against, client),
      effect: 10 * difference,
    } as const;
  };
  const methods = Object.keys(values);
  const places = ["macro", ...clients];
  return {
    name,
    experiment: `${name}.yaml`,
    folder: `runs/01-${name}`,
    settings: {},
    metric: "auc",
    higherIsBetter: true,
    seeds: [1, 2, 3],
    clients,
    methods: Object.fromEntries(
      methods.map((method) => [
        method,
        {
          base: method,
          settings: {},
          kind: method,
          role: method.startsWith("fed") ? ("federated" as const) : ("baseline" as const),
          clients: Object.fromEntries(clients.map((c) => [c, { auc: interval(of(method, c)) }])),
          macro: { auc: interval(of(method, "macro")) },
          worst: { auc: { client: "de", mean: of(method, "de") } },
          bytes: { up: 1000, down: 2000 },
          seconds: 3,
          rounds: 5,
          ...(method !== "local" && { against: "local" }),
        },
      ]),
    ),
    comparisons: methods
      .filter((method) => method !== "local")
      .flatMap((method) => places.map((client) => compare(method, "local", client))),
    pairs: methods.flatMap((method, i) =>
      methods
        .slice(0, i)
        .flatMap((against) => places.map((client) => compare(method, against, client))),
    ),
    failed: {},
  };
}

export const CLEAR = runOf("north", {
  popularity: [0.55, 0.6],
  local: [0.6, 0.7],
  fedavg: [0.7, 0.71],
  fedprox: [0.66, 0.72],
});
export const EVEN = runOf("south", {
  popularity: [0.55, 0.6],
  local: [0.6, 0.6],
  fedavg: [0.61, 0.59],
  fedprox: [0.6, 0.61],
});

/** A comparison of these runs; what the library would add over runs is left to its own tests. */
export function comparisonOf(
  runs: readonly ComparedRun[],
  more: Partial<Comparison> = {},
): Comparison {
  return comparisonSchema.parse({
    schema: "atoll/comparison/v1",
    settings: [],
    runs,
    effects: [],
    warnings: [],
    ...more,
  });
}
