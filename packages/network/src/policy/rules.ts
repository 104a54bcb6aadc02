import { asksLanguageModel, isLoopback, type AugmentationSettings } from "@atoll/core/augmentation";
import type { Unit } from "@atoll/core/privacy";
import { jobOf } from "@atoll/node/augmentation";
import type { PlannedMethod } from "@atoll/node/runs";
import { readingOf } from "./columns-read.ts";
import { experimentHash } from "./hashes.ts";
import { plannedOf, roundsOf } from "./planned.ts";
import type { PolicyConfig } from "./policy-file.ts";
import { epsilonByUnit, isOwn, isWhole, promisesOf } from "./promises.ts";
import {
  columnsOfFeatures,
  publicFeatures,
  sharedFeatures,
  type FeatureColumns,
} from "./shared-columns.ts";
import type { ReviewedJob } from "./types.ts";

/** What one rule says against a job. */
export interface Objection {
  /** For the server, what is not allowed: no value of the policy or of the data. */
  readonly told: string;
  /** For the silo, with values. */
  readonly detail: string;
}

/** A rule's objections to a job; none where it allows it, undefined where it cannot tell yet. */
type Rule = (policy: PolicyConfig, reviewed: ReviewedJob) => readonly Objection[] | undefined;

const once = (told: string, details: readonly string[]): readonly Objection[] =>
  details.map((detail) => ({ told, detail }));

const listed = (names: Iterable<string>) => [...new Set(names)].join(", ");

const byMethod = (
  reviewed: ReviewedJob,
  told: string,
  detail: (method: PlannedMethod) => string | undefined,
) =>
  once(
    told,
    plannedOf(reviewed).flatMap((method) => {
      const problem = detail(method);
      return problem === undefined ? [] : [`${method.entry.name}: ${problem}`];
    }),
  );

/** Every rule, by its name in the policy file and in its order. */
export const rules: Readonly<Record<string, Rule>> = {
  methods: ({ methods }, reviewed) =>
    methods === "any"
      ? []
      : plannedOf(reviewed)
          .filter(({ entry }) => !methods.includes(entry.kind))
          .map(({ entry: { name, kind } }) => ({
            told: `method ${kind}`,
            detail: `${name}: kind ${kind} is not among ${listed(methods)}`,
          })),
  experiments: ({ experiments }, { job }) => {
    const hash = experimentHash(job);
    return experiments === "any" || experiments.includes(hash)
      ? []
      : once("this experiment", [`the experiment's SHA-256 is ${hash}`]);
  },
  programs: ({ programs }, { programs: known }) => {
    if (programs === "any") return [];
    if (known === undefined) return undefined;
    const others = known.filter((hash) => !programs.includes(hash));
    return once(
      "all of its programs",
      others.map((hash) => `no program of SHA-256 ${hash} is named`),
    );
  },
  columns: ({ columns: { allow, deny } }, { experiment, clients }) => {
    if (allow === "any" && deny.length === 0) return [];
    const readings = readingOf(experiment, clients);
    const told = "all columns that it reads";
    return readings.flatMap(({ client, renamedBy, columns }) => {
      const names = columns.map(({ name }) => name);
      const denied = names.filter((name) => deny.includes(name));
      const unnamed = allow === "any" ? [] : names.filter((name) => !allow.includes(name));
      return once(told, [
        ...(renamedBy === undefined ? [] : [`client ${client}: ${renamedBy}`]),
        ...(denied.length === 0 ? [] : [`client ${client}: columns.deny has ${listed(denied)}`]),
        ...(unnamed.length === 0
          ? []
          : [`client ${client}: columns.allow lacks ${listed(unnamed)}`]),
      ]);
    });
  },
  sharedColumns: ({ sharedColumns }, reviewed) => {
    const told = "all values that it shares";
    if (sharedColumns === "any") return [];
    const shared = columnsOfFeatures(reviewed, featuresBy(reviewed, sharedFeatures));
    return sharedColumns === "any-but-user"
      ? once(
          told,
          shared.flatMap(({ client, columns, user }) =>
            user !== undefined && columns.includes(user)
              ? [`client ${client}: ${user} is the users' column, and would be sent value by value`]
              : [],
          ),
        )
      : once(told, beyond(shared, sharedColumns, "sharedColumns"));
  },
  minimumRows: ({ minimumRows }, { numRows }) =>
    numRows === undefined
      ? undefined
      : once(
          "so few rows",
          Object.entries(numRows)
            .filter(([, rows]) => rows < minimumRows)
            .map(
              ([client, rows]) =>
                `client ${client}: ${rows} training rows are fewer than ${minimumRows}`,
            ),
        ),
  requirePrivacy: ({ requirePrivacy }, reviewed) =>
    requirePrivacy === false
      ? []
      : byMethod(reviewed, "methods without a promise that suffices", (method) => {
          const promises = promisesOf(method).filter(isWhole);
          if (promises.length === 0) return "promises nothing about all that it learns";
          return requirePrivacy === "own" && !promises.some(isOwn)
            ? `${promises[0]!.kind} holds only if the server, or all clients together, keep it`
            : undefined;
        }),
  publicColumns: ({ requirePrivacy, publicColumns }, reviewed) => {
    if (requirePrivacy === false) return [];
    const features = featuresBy(reviewed, (method) => [
      ...sharedFeatures(method),
      ...publicFeatures(method),
    ]);
    const taken = columnsOfFeatures(reviewed, features);
    return once(
      "all values that it takes for public",
      beyond(taken, publicColumns, "publicColumns"),
    );
  },
  maximumEpsilon: ({ maximumEpsilon, maximumDelta, requirePrivacy }, reviewed) => {
    if (maximumEpsilon === undefined) return [];
    const limitOf = (unit: Unit) =>
      typeof maximumEpsilon === "number" ? maximumEpsilon : maximumEpsilon[unit];
    const all = plannedOf(reviewed).flatMap(promisesOf);
    const promises = all.filter(({ unit }) => limitOf(unit) !== undefined);
    const unlimited = new Set(all.map(({ unit }) => unit)).difference(
      new Set(promises.map(({ unit }) => unit)),
    );
    const totals = epsilonByUnit(promises, reviewed.experiment.seeds.length);
    return [
      ...once(
        "promises about such units",
        requirePrivacy === false
          ? []
          : [...unlimited].map((unit) => `maximumEpsilon has no limit for each ${unit}`),
      ),
      ...once(
        "so large an epsilon",
        [...totals].flatMap(([unit, total]) =>
          total > limitOf(unit)!
            ? [
                `epsilon ${epsilonText(total)} for each ${unit}, all trainings together, is more than ${limitOf(unit)}`,
              ]
            : [],
        ),
      ),
      ...once(
        "so large a delta",
        promises
          .filter(({ delta }) => delta > maximumDelta)
          .map(({ method, delta }) => `${method}: delta ${delta} is more than ${maximumDelta}`),
      ),
    ];
  },
  maximumRounds: ({ maximumRounds }, reviewed) =>
    byMethod(reviewed, "so many rounds", (method) => {
      const rounds = roundsOf(method, reviewed.experiment);
      return rounds > maximumRounds ? `${rounds} rounds are more than ${maximumRounds}` : undefined;
    }),
  maximumSeeds: ({ maximumSeeds }, { experiment: { seeds } }) =>
    seeds.length > maximumSeeds
      ? once("so many seeds", [`${seeds.length} seeds are more than ${maximumSeeds}`])
      : [],
  augmentation: ({ augmentation }, reviewed) =>
    byMethod(reviewed, "its augmentation", (method) => {
      const settings = jobOf(method)?.settings;
      const asked = settings === undefined ? "nobody" : shownTo(settings);
      if (asked === "nobody" || augmentation === "any") return undefined;
      if (augmentation === "local" && asked === "local") return undefined;
      return `shows rows to a language model ${asked === "local" ? "on this machine" : "elsewhere"}, and augmentation is ${augmentation}`;
    }),
};

/** Features of all methods of a job. */
function featuresBy(
  reviewed: ReviewedJob,
  featuresOf: (method: PlannedMethod) => readonly string[],
): ReadonlySet<string> {
  return new Set(plannedOf(reviewed).flatMap(featuresOf));
}

/** What is not among the columns that a rule names. */
function beyond(
  features: readonly FeatureColumns[],
  named: readonly string[],
  rule: string,
): readonly string[] {
  return features.flatMap(({ client, columns, renamedBy }) => {
    const unnamed = columns.filter((column) => !named.includes(column));
    return [
      ...(renamedBy === undefined ? [] : [`client ${client}: ${renamedBy}`]),
      ...(unnamed.length === 0 ? [] : [`client ${client}: ${rule} lacks ${listed(unnamed)}`]),
    ];
  });
}

/** Who is shown texts of rows by an augmentation. */
export function shownTo(settings: AugmentationSettings): "nobody" | "local" | "elsewhere" {
  if (settings.kind === "none") return "nobody";
  if (settings.kind === "openai-compatible" && !isLoopback(settings.baseUrl)) return "elsewhere";
  return asksLanguageModel(settings) || settings.vectors.kind === "sentence" ? "local" : "nobody";
}

export function epsilonText(epsilon: number): string {
  return epsilon === Infinity ? "without a bound" : String(Number(epsilon.toPrecision(4)));
}
