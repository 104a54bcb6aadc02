import { criticalDifference, friedman, holm, mean, signedRank } from "@atoll/core/stats";
import type { ComparedRun, Overall } from "./schema.ts";

/**
 * What methods come to over several runs: gains over the baseline run by run, clients won and lost, and average
 * ranks over places (Demsar 2006). A place is one client of one run, its value the headline metric, so metrics and
 * levels may differ from place to place. References are not ranked: nobody can choose them.
 */
export function overallOf(runs: readonly ComparedRun[]): Overall | undefined {
  const [first] = runs;
  if (first === undefined || runs.length < 2) return undefined;
  const common = Object.keys(first.methods).filter((name) =>
    runs.every(({ methods }) => methods[name] !== undefined),
  );
  if (common.length < 2) return undefined;
  const ranked = common.filter((name) => first.methods[name]!.role !== "reference");
  const places = runs.flatMap((run) =>
    run.clients.flatMap((client) => {
      const values = ranked.map((name) => run.methods[name]!.clients[client]?.[run.metric]?.mean);
      const known = values.filter((value) => value !== undefined);
      const sign = run.higherIsBetter ? 1 : -1;
      return known.length === values.length ? [known.map((value) => sign * value)] : [];
    }),
  );
  const ranks = friedman(places);
  const tests = signedRanks(first, ranked, places);
  const several = places.length >= 2 && ranked.length >= 3;
  return {
    methods: common.map((method) => {
      const { against } = first.methods[method]!;
      const rank = ranked.indexOf(method);
      const gains = gainsOf(method, runs);
      const percent = gains.flatMap(({ gain }) => gain ?? []);
      const test = tests.get(method);
      return {
        method,
        ...(against !== undefined && { against }),
        gains,
        ...(percent.length > 0 && { meanGain: mean(percent) }),
        ...verdictsOf(method, runs),
        ...(rank >= 0 && places.length > 0 && { rank: ranks.ranks[rank]! }),
        ...(test && { signedRank: test }),
      };
    }),
    places: places.length,
    ...(several && {
      friedman: ranks.p,
      criticalDifference: criticalDifference(ranked.length, places.length),
    }),
  };
}

/** Each method against its baseline, place by place, in percent, as metrics and levels differ. */
function signedRanks(
  { methods }: ComparedRun,
  ranked: readonly string[],
  places: readonly (readonly number[])[],
) {
  const tests = ranked.flatMap((method, own) => {
    const of = ranked.indexOf(methods[method]!.against ?? "");
    if (of < 0) return [];
    const gains = places.map((values) => (values[own]! - values[of]!) / Math.abs(values[of]!));
    return [{ method, test: signedRank(gains.map((gain) => 100 * gain)) }];
  });
  const corrected = holm(tests.map(({ test }) => test.p));
  return new Map(tests.map(({ method, test }, i) => [method, { ...test, pHolm: corrected[i]! }]));
}

/** What the run says of a method against its baseline in the headline metric, over clients and one by one. */
export function againstBaseline(
  method: string,
  { comparisons, methods, metric }: ComparedRun,
): ComparedRun["comparisons"] {
  const against = methods[method]?.against;
  return comparisons.filter(
    (own) => own.method === method && own.against === against && own.metric === metric,
  );
}

function gainsOf(
  method: string,
  runs: readonly ComparedRun[],
): Overall["methods"][number]["gains"] {
  return runs.flatMap((run) =>
    againstBaseline(method, run)
      .filter(({ client }) => client === "macro")
      .map(({ difference, low, high, gain, verdict }) => ({
        run: run.name,
        difference,
        low,
        high,
        ...(gain !== undefined && { gain }),
        verdict,
      })),
  );
}

function verdictsOf(method: string, runs: readonly ComparedRun[]) {
  const verdicts = runs.flatMap((run) =>
    againstBaseline(method, run).flatMap(({ client, verdict }) =>
      client === "macro" ? [] : [verdict],
    ),
  );
  const count = (which: (typeof verdicts)[number]) =>
    verdicts.filter((verdict) => verdict === which).length;
  return { wins: count("better"), ties: count("no clear difference"), losses: count("worse") };
}
