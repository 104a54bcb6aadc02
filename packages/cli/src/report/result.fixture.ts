import type { MetricsLine, Result } from "@atoll/node/results";

type Verdict = Result["comparisons"][number]["verdict"];

/** What a fixture's method does to each client: the difference to local, and whether it is clear. */
export type Effects = Readonly<
  Record<string, Readonly<Record<string, readonly [difference: number, verdict: Verdict]>>>
>;

const ROLES: Readonly<Record<string, Result["methods"][string]["role"]>> = {
  popularity: "baseline",
  local: "baseline",
  centralised: "reference",
};

/** A result in which local-only stands at 0.3 everywhere. */
export function resultOf(clients: readonly string[], effects: Effects, metric = "ndcg@10"): Result {
  const interval = (mean: number) => ({ mean, sd: 0.001, low: mean - 0.01, high: mean + 0.01 });
  const all = { local: {}, ...effects };
  return {
    schema: "atoll/result/v1",
    experiment: { name: "fixture", description: "<b>bold</b>" },
    seeds: [1, 2, 3],
    metric,
    protocol: [{ topic: "Split", text: "leave one out" }],
    clients: Object.fromEntries(
      clients.map((client, i) => [
        client,
        {
          train: 100 * 10 ** i,
          valid: 10,
          test: 10,
          users: 10,
          items: 20,
          leakage: leakageWith(100 * 10 ** i, i === 0 ? 10 : 0),
        },
      ]),
    ),
    methods: Object.fromEntries(
      Object.entries(all).map(([name, own]: [string, Effects[string]]) => [
        name,
        {
          kind: name,
          role: ROLES[name] ?? "federated",
          clients: Object.fromEntries(
            clients.map((client) => [
              client,
              { [metric]: interval(0.3 + (own[client]?.[0] ?? 0)) },
            ]),
          ),
          macro: { [metric]: interval(0.3 + (own["macro"]?.[0] ?? 0)) },
          bytes: { up: 2048, down: 4096 },
          seconds: 12,
          rounds: 10,
        },
      ]),
    ),
    comparisons: Object.entries(effects).flatMap(([method, own]) =>
      Object.entries(own).map(([client, [difference, verdict]]) => ({
        method,
        against: "local",
        metric,
        client,
        difference,
        low: difference - 0.01,
        high: difference + 0.01,
        p: 0.01,
        pHolm: 0.02,
        verdict,
      })),
    ),
  };
}

/** Ten test rows, of which training never draws so many items as negatives. */
export function leakageWith(
  train: number,
  neverDrawn: number,
): NonNullable<Result["clients"][string]["leakage"]> {
  const part = {
    rows: 10,
    labelRate: 1,
    users: { distinct: 10, unseen: 1, unseenRows: 1 },
    items: { distinct: 8, unseen: 2, unseenRows: 3 },
    pairsInTraining: 0,
    rowsInTraining: 0,
    trainingAfterFirst: 25,
    trainingAfterOwn: 0,
  };
  return {
    training: { rows: train, labelRate: 1 },
    valid: { ...part, neverDrawn: 0 },
    test: { ...part, neverDrawn },
  };
}

export function linesOf(clients: readonly string[]): MetricsLine[] {
  return [0, 1, 2].flatMap((round) =>
    clients.map((client) => ({
      seed: 1,
      method: "local",
      stage: "train",
      round,
      client,
      values: { trainLoss: 0.5, [`valid/${client}`]: 0.2 + 0.01 * round },
      bytesUp: 100,
      bytesDown: 100,
      seconds: 1,
    })),
  );
}
