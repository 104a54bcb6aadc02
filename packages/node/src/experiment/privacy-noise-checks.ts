import { clientsOfWorld } from "@atoll/core/data";
import { methodOf } from "@atoll/core/methods";
import type { PrivateMethod } from "./privacy-checks.ts";
import type { PathIssue } from "./zod-issues.ts";

/** Whether the settings of the noise fit one another, and the federation. */
export function noiseChecks(method: PrivateMethod): PathIssue[] {
  return [
    ...checkAmount(method),
    ...checkBound(method),
    ...checkLeast(method),
    ...checkCap(method),
    ...checkCohort(method),
    ...checkCount(method),
  ];
}

/** Noise is given, or follows from an epsilon. */
function checkAmount({ privacy, at }: PrivateMethod): PathIssue[] {
  if (privacy.kind !== "dp-sgd" && privacy.kind !== "central") return [];
  const { noiseMultiplier, epsilon } = privacy;
  if (noiseMultiplier === undefined && epsilon === undefined)
    return [
      {
        path: at("noiseMultiplier"),
        message:
          "is missing, and so is epsilon; give noiseMultiplier, or epsilon for the noise that spends it over all planned steps",
      },
    ];
  return noiseMultiplier === undefined || epsilon === undefined
    ? []
    : [
        {
          path: at("epsilon"),
          message: `${epsilon} is given beside noiseMultiplier ${noiseMultiplier}, and each follows from the other; remove one of them (a budget is cap)`,
        },
      ];
}

/** Noise is measured by what one unit can change, which a bound has to bound. */
function checkBound({ privacy, at }: PrivateMethod): PathIssue[] {
  return privacy.clipNorm === "infinity" && privacy.noiseMultiplier !== 0
    ? [
        {
          path: at("clipNorm"),
          message:
            "is infinity, and no noise hides what may be infinitely large; give a number, or set noiseMultiplier to 0, which promises nothing",
        },
      ]
    : [];
}

/** Noise decays to the least that is given, which cannot be where it begins above. */
function checkLeast({ privacy, at }: PrivateMethod): PathIssue[] {
  if (privacy.kind !== "local" || privacy.leastNoise <= privacy.noiseMultiplier) return [];
  return [
    {
      path: at("leastNoise"),
      message: `${privacy.leastNoise} is more than noiseMultiplier ${privacy.noiseMultiplier}, from which noise decays; give noiseMultiplier at least as much, or a smaller leastNoise`,
    },
  ];
}

function checkCap({ privacy, at }: PrivateMethod): PathIssue[] {
  const { cap, ledger, accountant } = privacy;
  return [
    ...(cap !== undefined && privacy.noiseMultiplier === 0
      ? [
          {
            path: at("cap"),
            message: `${cap} would stop everything: with noiseMultiplier 0 nothing is promised, and the first release passes any cap; add noise, or remove cap`,
          },
        ]
      : []),
    ...(ledger !== undefined && accountant === "pld"
      ? [
          {
            path: at("accountant"),
            message:
              "pld adds up schedules that were fixed in advance, but trainings that share a ledger follow one another; set it to rdp, or remove ledger",
          },
        ]
      : []),
  ];
}

function numClients({ data }: PrivateMethod["experiment"]): number {
  return data.kind === "files" ? Object.keys(data.clients).length : clientsOfWorld(data).length;
}

/** Clients of a round, or as many as are expected. */
function cohortOf({ experiment }: PrivateMethod): number {
  const { clientsPerRound } = experiment.federation;
  return clientsPerRound === "all" ? numClients(experiment) : clientsPerRound;
}

/** A sum that lacks noise is never released: the rounds would change nothing. */
function checkCohort(method: PrivateMethod): PathIssue[] {
  const { privacy, experiment, entry, at } = method;
  if (privacy.kind !== "distributed") return [];
  // Of users there are as many as their rows say.
  if (methodOf(entry.kind).parties === "population") return [];
  const poisson = experiment.federation.cohort === "poisson";
  const most = poisson ? numClients(experiment) : cohortOf(method);
  return privacy.minimumClients <= most
    ? []
    : [
        {
          path: at("minimumClients"),
          message: `${privacy.minimumClients} is more than the ${most} clients that a round can have, so that nothing would ever be released; give a smaller number, or raise federation.clientsPerRound`,
        },
      ];
}

/** The count that moves an adaptive bound has noise of its own, which must not cost more than all is to. */
function checkCount(method: PrivateMethod): PathIssue[] {
  const { privacy, entry, experiment, at } = method;
  if (privacy.kind !== "dp-sgd" && privacy.kind !== "central") return [];
  const { clipNorm, noiseMultiplier } = privacy;
  if (typeof clipNorm !== "object" || noiseMultiplier === undefined) return [];
  const batch =
    (entry.training?.["batchSize"] as number | undefined) ?? experiment.training.batchSize;
  const units =
    privacy.kind === "central"
      ? cohortOf(method)
      : Math.max(1, Math.floor(batch / (privacy.unit === "user" ? privacy.rowsPerUser : 1)));
  const countNoise = clipNorm.countNoise ?? units / 20;
  return noiseMultiplier < 2 * countNoise
    ? []
    : [
        {
          path: at("clipNorm", "countNoise"),
          message: `${countNoise}${clipNorm.countNoise === undefined ? ` (a twentieth of ${units} units a step)` : ""} makes the count of unclipped units cost more than noiseMultiplier ${noiseMultiplier} allows in all; give more than ${noiseMultiplier / 2}, or a fixed clipNorm`,
        },
      ];
}
