import { declaredFeatures } from "@atoll/core/data";
import { methodOf } from "@atoll/core/methods";
import { columnsOfClients, feedbackOf } from "./client-columns.ts";
import type { PrivateMethod } from "./privacy-checks.ts";
import type { PathIssue } from "./zod-issues.ts";

/** What DP-SGD inside a client needs of its rows: that one unit has a part in nothing but its own gradient. */
export function rowChecks(method: PrivateMethod): PathIssue[] {
  return method.privacy.kind === "dp-sgd"
    ? [...checkRows(method), ...checkUnit(method), ...checkEncoders(method)]
    : [];
}

function checkRows({ experiment, entry, i, at }: PrivateMethod): PathIssue[] {
  const { data } = experiment;
  const issues: PathIssue[] = [];
  if (feedbackOf(experiment) === "implicit")
    issues.push({
      path: at("kind"),
      message: `is dp-sgd, but feedback is implicit: negatives are drawn around what other rows hold; take data with labels, or give ${entry.name} privacy: { kind: none }`,
    });
  if (data.kind === "files" && data.storage === "disk")
    issues.push({
      path: ["data", "storage"],
      message: `is disk, but dp-sgd draws rows one by one; set it to memory, or give ${entry.name} privacy: { kind: none }`,
    });
  const loss =
    (entry.training?.["loss"] as { readonly kind: string } | undefined) ?? experiment.training.loss;
  if (loss.kind !== "bce" && loss.kind !== "focal")
    issues.push({
      path:
        entry.training?.["loss"] === undefined
          ? ["training", "loss"]
          : ["methods", i, "training", "loss"],
      message: `${loss.kind} compares rows with one another, so that a row's gradient is not its own; set it to bce or focal`,
    });
  return issues;
}

function checkUnit({ experiment, privacy, entry, at }: PrivateMethod): PathIssue[] {
  if (privacy.kind !== "dp-sgd") return [];
  const columns = columnsOfClients(experiment);
  if (privacy.unit === "user")
    return [
      ...(columns.every((client) => client.columns.user !== undefined)
        ? []
        : [
            {
              path: at("unit"),
              message:
                "is user, but not every client has a column with the role user; name one in data.columns.user, or set it to example",
            },
          ]),
      ...(experiment.data.kind === "files" && privacy.assumePublic.includes("user")
        ? [
            {
              path: at("assumePublic"),
              message:
                "names user, but users are what is protected: rows of a table that each belong to one say who is there; take it out, and set data.columns.userHash",
            },
          ]
        : []),
      ...(methodOf(entry.kind).parties === "pooled" && columns.length > 1
        ? [
            {
              path: at("unit"),
              message: `is user, but ${entry.name} pools the clients' rows, where users are numbered client by client; set it to example`,
            },
          ]
        : []),
    ];
  // A history is made of a user's other rows: it ends where the user does, but not where the row does.
  return columns.some((client) => client.columns.history !== undefined)
    ? [
        {
          path: at("unit"),
          message: `is example, but data.columns.history shows each row what the user's other rows hold; set it to user, remove the history, or give ${entry.name} privacy: { kind: none }`,
        },
      ]
    : [];
}

/** Vocabularies, means and deviations, and quantiles are worked out from training rows before any noise. */
function checkEncoders({ experiment, privacy, at }: PrivateMethod): PathIssue[] {
  const isPublic = (name: string) => privacy.assumePublic.includes(name);
  const clients = columnsOfClients(experiment).map(({ columns }) => declaredFeatures(columns));
  const categorical = clients.flatMap((declared) =>
    declared.categorical.filter(({ rule }) => {
      if (rule.kind === "quantiles") return true;
      // It has the rows of the feature that it reads, which is looked at by itself.
      return rule.hash === undefined && !(rule.kind === "list" && rule.like !== undefined);
    }),
  );
  const numeric = clients.flatMap((declared) =>
    declared.numeric.filter(({ rule }) => rule.kind !== "none"),
  );
  const named = (features: readonly { readonly name: string }[]) =>
    [...new Set(features.map(({ name }) => name))].filter((name) => !isPublic(name)).join(", ");
  const vocabularies = named(categorical);
  const scales = named(numeric);
  return [
    ...(vocabularies === ""
      ? []
      : [
          {
            path: at("assumePublic"),
            message: `does not name ${vocabularies}, whose vocabulary, or quantiles, would come from training rows and tell of them without noise; give each a hash in data.columns (users: userHash), or name it here if its values are public knowledge`,
          },
        ]),
    ...(scales === ""
      ? []
      : [
          {
            path: at("assumePublic"),
            message: `does not name ${scales}, whose mean and deviation would come from training rows without noise; set their scale to none in data.columns, or name them here if both are public knowledge`,
          },
        ]),
  ];
}
