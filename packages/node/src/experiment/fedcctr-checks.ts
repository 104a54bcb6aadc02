import { resolveMethod, type FedcctrConfig } from "@atoll/core/methods";
import { accountants, type PrivacyConfig } from "@atoll/core/privacy";
import type { Experiment } from "./schema.ts";
import type { Path, PathIssue } from "./zod-issues.ts";

/** An entry of fedcctr, with its promise. */
interface Checked {
  readonly config: FedcctrConfig;
  readonly privacy: PrivacyConfig;
  readonly name: string;
  /** A setting of the method, or of its privacy. */
  readonly at: (...keys: readonly string[]) => Path;
  readonly privacyAt: (...keys: readonly string[]) => Path;
}

/** Whether what fedcctr sends is what its promise covers, and its histogram fits. */
export function fedcctrChecks(experiment: Experiment): PathIssue[] {
  return experiment.methods.map(resolveMethod).flatMap((entry, i) => {
    if (entry.kind !== "fedcctr") return [];
    const privacy = entry.privacy ?? experiment.privacy;
    const checked: Checked = {
      config: entry as unknown as FedcctrConfig,
      privacy,
      name: entry.name,
      at: (...keys) => ["methods", i, ...keys],
      privacyAt: (...keys) =>
        entry.privacy === undefined ? ["privacy", ...keys] : ["methods", i, "privacy", ...keys],
    };
    return [
      ...checkSteps(checked),
      ...checkUpload(checked),
      ...checkCounts(checked),
      ...checkCells(checked),
      ...checkClipping(checked),
      ...checkAccounts(checked),
      ...checkHistogramCost(checked),
    ];
  });
}

function checkSteps({ config: { clients, usersPerStep }, at }: Checked): PathIssue[] {
  if (clients !== "user" || typeof usersPerStep !== "number") return [];
  return [
    {
      path: at("usersPerStep"),
      message: `is ${usersPerStep}, but a client is one user, whose events make one gradient; remove it, or set clients to silo or { cohort: ${usersPerStep} }`,
    },
  ];
}

function checkUpload({ config, privacy, at, name }: Checked): PathIssue[] {
  if (config.upload !== "sparse" || privacy.kind === "none") return [];
  return [
    {
      path: at("upload"),
      message: `is sparse, but which rows of item tables a client sends is its history, and no noise on the rows hides it; set it to dense, federate to encoders, or give ${name} privacy: { kind: none }`,
    },
  ];
}

/** Popularity comes from counts, which something has to protect. */
function checkCounts({ config: { request, histogram }, privacy, at }: Checked): PathIssue[] {
  if (histogram !== undefined)
    return request.recency > 0
      ? []
      : [
          {
            path: at("histogram"),
            message:
              "makes popularity, but request.recency is 0, so that nothing reads it; set request.recency above 0, or remove histogram",
          },
        ];
  const isPromise = privacy.kind !== "none" && privacy.noiseMultiplier !== 0;
  return isPromise && request.recency > 0
    ? [
        {
          path: at("request", "recency"),
          message: `${request.recency} counts everybody's events, and nothing protects exact counts; set histogram for a noisy one, or request.recency to 0`,
        },
      ]
    : [];
}

function checkCells({ config: { histogram }, at }: Checked): PathIssue[] {
  if (histogram === undefined) return [];
  const { levels, days } = histogram;
  const odd = levels.findIndex((items, l) => l > 0 && levels[l - 1]! % items !== 0);
  return [
    ...(levels.length === days.length
      ? []
      : [
          {
            path: at("histogram", "days"),
            message: `has ${days.length} lengths for ${levels.length} levels; give each level one`,
          },
        ]),
    ...(odd < 0
      ? []
      : [
          {
            path: at("histogram", "levels"),
            message: `groups of ${levels[odd - 1]} items do not fall into groups of ${levels[odd]}; give levels from coarse to fine, each a divisor of the one before`,
          },
        ]),
  ];
}

/** One bound for all that a client sends. */
function checkClipping({ privacy, privacyAt, name }: Checked): PathIssue[] {
  if (privacy.kind !== "central") return [];
  return [
    ...(typeof privacy.clipNorm === "object"
      ? [
          {
            path: privacyAt("clipNorm"),
            message: `follows a quantile of norms, which ${name} does not know; give a number`,
          },
        ]
      : []),
    ...(privacy.clipping === "per-layer"
      ? [
          {
            path: privacyAt("clipping"),
            message: `is per-layer, but ${name} clips all that a client sends together; set it to flat`,
          },
        ]
      : []),
  ];
}

/** Accounts of single clients are filters of the run's own. */
function checkAccounts({ privacy, privacyAt, name }: Checked): PathIssue[] {
  if (privacy.kind !== "local" && privacy.kind !== "distributed") return [];
  return [
    ...(privacy.ledger === undefined
      ? []
      : [
          {
            path: privacyAt("ledger"),
            message: `${privacy.ledger} would keep an account of every client of ${name}, whose numbers are those of one run; remove ledger`,
          },
        ]),
    ...(privacy.accountant === "pld"
      ? [
          {
            path: privacyAt("accountant"),
            message: `pld adds up schedules that were fixed in advance, but which rounds a client of ${name} is in is drawn on the way; set it to rdp`,
          },
        ]
      : []),
  ];
}

/** Whether the histogram leaves anything of a budget. */
function checkHistogramCost({ config, privacy, at }: Checked): PathIssue[] {
  if (config.histogram === undefined || config.request.recency === 0) return [];
  if (privacy.kind !== "central" && privacy.kind !== "local") return [];
  const epsilon = Math.min(privacy.epsilon ?? Infinity, privacy.cap ?? Infinity);
  const { noiseMultiplier } = config.histogram;
  const mechanism = { kind: "gaussian", noiseMultiplier, samplingRate: 1 } as const;
  const cost = accountants.rdp.epsilon([{ mechanism, count: 1 }], privacy.delta);
  return cost < epsilon
    ? []
    : [
        {
          path: at("histogram", "noiseMultiplier"),
          message: `${noiseMultiplier} costs epsilon ${cost.toPrecision(3)}, which leaves nothing of ${epsilon} for the training; raise it, or the epsilon of privacy`,
        },
      ];
}
