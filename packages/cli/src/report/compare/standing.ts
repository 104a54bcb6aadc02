import { pairOf, type ComparedRun, type Comparison } from "@atoll/node/comparisons";

type OfRun = ComparedRun["comparisons"][number];

/** What a method came to over the runs of a comparison, against local-only training. */
export interface Standing {
  readonly method: string;
  /** The local-only training that it is held against. */
  readonly against: string | undefined;
  readonly role: ComparedRun["methods"][string]["role"];
  /** Percent over local-only training, mean over runs; undefined where there is none. */
  readonly gain: number | undefined;
  /** Clients of all runs where it is clearly better, without a clear difference, clearly worse. */
  readonly better: number;
  readonly even: number;
  readonly worse: number;
  /** Over clients, run by run. */
  readonly macro: readonly { readonly run: ComparedRun; readonly comparison: OfRun }[];
  readonly rank: number | undefined;
  readonly signedRank: { readonly n: number; readonly pHolm: number } | undefined;
}

/** What a run says of a method against its local-only training, in the headline metric. */
export function againstLocal(run: ComparedRun, method: string): readonly OfRun[] {
  const against = run.methods[method]?.against;
  return run.comparisons.filter(
    (own) => own.method === method && own.against === against && own.metric === run.metric,
  );
}

/** Methods that all runs have, in the order of the first. */
function commonMethods({ runs }: Comparison): string[] {
  return Object.keys(runs[0]?.methods ?? {}).filter((name) =>
    runs.every(({ methods }) => methods[name] !== undefined),
  );
}

/** Each method that all runs have against the local-only training with its settings. */
export function standingsOf(comparison: Comparison): Standing[] {
  return commonMethods(comparison).map((method) =>
    standingOf(comparison, method, (run) => againstLocal(run, method)),
  );
}

/**
 * The federated method that gains most on average, against local-only training. Where settings vary, both have
 * the best of theirs: a gain over a local model with a worse setting than it could have would be none.
 */
export function bestStanding(comparison: Comparison): Standing | undefined {
  const [first] = comparison.runs;
  const common = commonMethods(comparison);
  const locals = common.filter((name) => first!.methods[name]!.kind === "local");
  const federated = common.filter((name) => first!.methods[name]!.role === "federated");
  const start = locals[0];
  if (first === undefined || start === undefined) return undefined;
  const over = (method: string, against: string) =>
    standingOf(comparison, method, (run) =>
      ["macro", ...run.clients].flatMap((client) => pairOf(run, method, { against, client }) ?? []),
    );
  const gainOver = (against: string) => (method: string) =>
    method === against ? 0 : (over(method, against).gain ?? -Infinity);
  const strongest = mostOf(locals, gainOver(start))!;
  const best = mostOf(federated, gainOver(strongest));
  if (best === undefined) return undefined;
  return locals.length === 1
    ? standingOf(comparison, best, (run) => againstLocal(run, best))
    : { ...over(best, strongest), signedRank: undefined };
}

function mostOf(names: readonly string[], value: (name: string) => number): string | undefined {
  return names.reduce<string | undefined>(
    (most, name) => (most === undefined || value(name) > value(most) ? name : most),
    undefined,
  );
}

function standingOf(
  { runs, overall }: Comparison,
  method: string,
  comparisonsOf: (run: ComparedRun) => readonly OfRun[],
): Standing {
  const all = runs.flatMap((run) => comparisonsOf(run).map((comparison) => ({ run, comparison })));
  const macro = all.filter(({ comparison }) => comparison.client === "macro");
  const gains = macro.flatMap(({ comparison }) => comparison.gain ?? []);
  const count = (verdict: OfRun["verdict"]) =>
    all.filter(({ comparison }) => comparison.client !== "macro" && comparison.verdict === verdict)
      .length;
  const own = overall?.methods.find((candidate) => candidate.method === method);
  return {
    method,
    against: macro[0]?.comparison.against,
    role: runs[0]!.methods[method]!.role,
    gain:
      gains.length === 0 ? undefined : gains.reduce((sum, gain) => sum + gain, 0) / gains.length,
    better: count("better"),
    even: count("no clear difference"),
    worse: count("worse"),
    macro,
    rank: own?.rank,
    signedRank: own?.signedRank,
  };
}
