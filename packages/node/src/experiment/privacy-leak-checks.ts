import { declaredFeatures } from "@atoll/core/data";
import { AtollError, nearest } from "@atoll/core/errors";
import { methodOf } from "@atoll/core/methods";
import { trainingConfig } from "@atoll/core/training";
import { columnsOfClients, rolesOf } from "./client-columns.ts";
import { modelOf } from "./learned-task.ts";
import type { PrivateMethod } from "./privacy-checks.ts";
import { shown, type Path, type PathIssue } from "./zod-issues.ts";

/** What would leave a client, or decide what leaves, without being paid for. */
export function leakChecks(method: PrivateMethod): PathIssue[] {
  return [
    ...checkPublic(method),
    ...checkSelection(method),
    ...checkStatistics(method),
    ...checkStart(method),
    ...(methodOf(method.entry.kind).role === "federated" ? checkTables(method) : []),
  ];
}

/** Features by name, of all clients together. */
function featuresOf(experiment: PrivateMethod["experiment"]): string[] {
  const names = columnsOfClients(experiment).flatMap(({ columns }) => {
    const { categorical, numeric } = declaredFeatures(columns);
    return [...categorical, ...numeric].map(({ name }) => name);
  });
  return [...new Set(names)];
}

function checkPublic({ experiment, privacy, at }: PrivateMethod): PathIssue[] {
  const features = featuresOf(experiment);
  return privacy.assumePublic.flatMap((name, n) => {
    if (features.includes(name)) return [];
    const meant = nearest(name, features);
    return [
      {
        path: [...at("assumePublic"), n],
        message: `${shown(name)} is no feature${meant ? `; did you mean "${meant}"?` : `; there are: ${features.join(", ")}`}`,
      },
    ];
  });
}

/** Choosing a round by its validation rows tells something of them that no account counts. */
function checkSelection({ experiment, entry, i }: PrivateMethod): PathIssue[] {
  const { select } = trainingConfig.parse({ ...experiment.training, ...entry.training });
  if (select === "last") return [];
  return [
    {
      path: [
        ...(entry.training?.["select"] === undefined ? [] : ["methods", i]),
        "training",
        "select",
      ],
      message: `is ${select}: ${entry.name} would choose a round by its validation rows, which its promise does not pay for; set it to last`,
    },
  ];
}

function checkStatistics(method: PrivateMethod): PathIssue[] {
  const { experiment, entry, i } = method;
  const path: Path = entry.model === undefined ? ["model"] : ["methods", i, "model"];
  const normalises = columnsOfClients(experiment).some(({ columns }) => {
    try {
      return (modelOf(entry, experiment, columns)?.state.length ?? 0) > 0;
    } catch (error) {
      // A model that cannot be built is told elsewhere.
      if (error instanceof AtollError) return false;
      throw error;
    }
  });
  return normalises
    ? [
        {
          path,
          message: `keeps running means and variances of the rows themselves, which no noise protects; turn its batch normalisation off, or give ${entry.name} privacy: { kind: none }`,
        },
      ]
    : [];
}

/** Starting from a model is to release once more what it learned: its account is not this one's. */
function checkStart({ entry, i }: PrivateMethod): PathIssue[] {
  return entry.startFrom.length === 0
    ? []
    : [
        {
          path: ["methods", i, "startFrom"],
          message: `${entry.startFrom.join(", ")} learned from the same rows, and what that cost is in no account of ${entry.name}; remove startFrom`,
        },
      ];
}

/** Rows of shared tables: whose vocabulary travels, and what is counted. */
function checkTables({ experiment, privacy }: PrivateMethod): PathIssue[] {
  const { shared, federatedEmbeddings } = experiment.federation;
  if (federatedEmbeddings === "off") return [];
  const rules = new Map(
    declaredFeatures(rolesOf(experiment)).categorical.map(({ name, rule }) => [name, rule]),
  );
  const told = shared.filter((name) => {
    const rule = rules.get(name);
    const hashed = rule !== undefined && rule.kind !== "quantiles" && rule.hash !== undefined;
    return !hashed && !privacy.assumePublic.includes(name);
  });
  return [
    ...(federatedEmbeddings === "count-weighted" && shared.length > 0
      ? [
          {
            path: ["federation", "federatedEmbeddings"],
            message:
              "count-weighted has clients say how many rows hold each value, which nothing protects; set it to mean, or off",
          },
        ]
      : []),
    ...(told.length === 0
      ? []
      : [
          {
            path: ["federation", "shared"],
            message: `has clients say which values of ${told.join(", ")} their training rows hold, which nothing protects; give each a hash in data.columns, name it in privacy.assumePublic if its values are public knowledge, or do not share it`,
          },
        ]),
  ];
}
