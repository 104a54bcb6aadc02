import {
  pooledFedMm,
  resolveMethod,
  type CentralisedCodesConfig,
  type FedMmConfig,
  type MethodEntry,
} from "@atoll/core/methods";
import { declaredFeatures } from "@atoll/core/data";
import { columnsOfClients, rolesOf } from "./client-columns.ts";
import type { Experiment } from "./schema.ts";
import { shown, type Path, type PathIssue } from "./zod-issues.ts";

type Entry = MethodEntry & FedMmConfig;

/** What FedMM and its pooled reference need of the experiment, and whether their settings fit one another. */
export function fedmmChecks(experiment: Experiment): PathIssue[] {
  const entries = experiment.methods.map(resolveMethod);
  return entries.flatMap((entry, i) => {
    const settings = settingsOf(entry);
    return settings === undefined
      ? []
      : [
          ...checkRoles(experiment, entry.kind, i),
          ...checkSettings(settings, i),
          ...checkAnchors(experiment, settings, i),
          ...checkText(experiment, settings, i),
          ...checkFrom(entries, settings, i),
        ];
  });
}

/** The settings of the stages that both methods have. */
function settingsOf(entry: MethodEntry): FedMmConfig | undefined {
  if (entry.kind === "fedmm") return entry as unknown as FedMmConfig;
  if (entry.kind === "centralised-codes")
    return pooledFedMm(entry as unknown as CentralisedCodesConfig);
  return undefined;
}

function checkRoles(experiment: Experiment, kind: string, i: number): PathIssue[] {
  const { data } = experiment;
  const issues: PathIssue[] = (["user", "item"] as const).flatMap((role) =>
    columnsOfClients(experiment).every(({ columns }) => columns[role] !== undefined)
      ? []
      : [
          {
            path: ["methods", i],
            message: `${kind} learns from who chose what, but not every client has a column with the role ${role}; name one in data.columns.${role}, or remove ${kind}`,
          },
        ],
  );
  if (data.kind === "files" && data.storage === "disk")
    issues.push({
      path: ["methods", i],
      message: `${kind} needs rows in memory, but data.storage is disk; set it to memory, or remove ${kind}`,
    });
  return issues;
}

function checkSettings({ codebooks, channels, alignment }: FedMmConfig, i: number): PathIssue[] {
  const issues: PathIssue[] = [];
  const at = (...keys: string[]): Path => ["methods", i, ...keys];
  const isGlobal = codebooks.levels.includes("global");
  if (codebooks.privacy !== undefined && codebooks.aggregation !== "sums")
    issues.push({
      path: at("codebooks", "privacy"),
      message: `noise is added to sums, but codebooks.aggregation is ${codebooks.aggregation}; set it to sums, or remove privacy`,
    });
  // An epsilon is a promise about the method: what else it sends of the same entities would break it.
  const unprotected = [
    [alignment.share === "codebook+network", "alignment.share", "codebook"],
    [alignment.anchors, "alignment.anchors", "false"],
    [channels.embeddings !== "local", "channels.embeddings", "local"],
    [channels.head === "federated", "channels.head", "local or none"],
    [channels.dense === "federated", "channels.dense", "local"],
  ] as const;
  const sent = unprotected.filter(([isSent]) => isSent);
  if (codebooks.privacy !== undefined && sent.length > 0)
    issues.push({
      path: at("codebooks", "privacy"),
      message: `protects sums, but ${sent.map(([, key]) => key).join(", ")} would send what market data taught without noise; set ${sent.map(([, key, off]) => `${key} to ${off}`).join(", ")}, or remove privacy`,
    });
  if (codebooks.privacy !== undefined && !isGlobal)
    issues.push({
      path: at("codebooks", "privacy"),
      message:
        "is noise on what is sent of global levels, but codebooks.levels has none, so that nothing is sent; add global, or remove privacy",
    });
  if (new Set(codebooks.entities).size < codebooks.entities.length)
    issues.push({
      path: at("codebooks", "entities"),
      message: `${codebooks.entities.join(", ")} names one entity twice; name each once`,
    });
  if (channels.tables === "codebook" && !channels.codes)
    issues.push({
      path: at("channels", "tables"),
      message:
        "is about embeddings of codes, but channels.codes is false; set codes to true, or tables to random",
    });
  return issues;
}

function checkAnchors(
  { data }: Experiment,
  { alignment, collaborative }: FedMmConfig,
  i: number,
): PathIssue[] {
  const path: Path = ["methods", i, "alignment", "anchors"];
  if (!alignment.anchors) return [];
  if (collaborative.model.kind === "svd")
    return [
      {
        path,
        message:
          "averages item vectors while they are learned, and svd has none that last; set collaborative.model to lightgcn or mf-bpr, or anchors to false",
      },
    ];
  if (data.kind === "files" && !data.common.includes("item"))
    return [
      {
        path,
        message:
          "couples items that several markets hold, but data.common does not say that item ids mean the same in all of them; add item to data.common, or set anchors to false",
      },
    ];
  return [];
}

function checkText(experiment: Experiment, { alignment }: FedMmConfig, i: number): PathIssue[] {
  const name = alignment.text?.feature;
  if (name === undefined) return [];
  const { categorical } = declaredFeatures(rolesOf(experiment));
  const found = categorical.find((feature) => feature.name === name);
  if (found !== undefined && found.of === "item" && found.rule.kind !== "quantiles") return [];
  const usable = categorical
    .filter(
      ({ name: own, of, rule }) => own !== "item" && of === "item" && rule.kind !== "quantiles",
    )
    .map((feature) => feature.name);
  return [
    {
      path: ["methods", i, "alignment", "text", "feature"],
      message: `${shown(name)} is no item feature with words; ${usable.length > 0 ? `choose among ${usable.join(", ")}` : "there is none: declare a bag of words of: item"}`,
    },
  ];
}

/** Vectors are taken from an earlier FedMM that would have trained the same ones. */
function checkFrom(entries: readonly MethodEntry[], entry: FedMmConfig, i: number): PathIssue[] {
  const { from } = entry.collaborative;
  if (from === undefined) return [];
  const path: Path = ["methods", i, "collaborative", "from"];
  const source = entries.slice(0, i).find(({ name }) => name === from) as Entry | undefined;
  if (source?.kind !== "fedmm") {
    const usable = entries.slice(0, i).filter(({ kind }) => kind === "fedmm");
    return [
      {
        path,
        message: `${shown(from)} is no earlier fedmm method; ${usable.length > 0 ? `choose among ${usable.map(({ name }) => name).join(", ")}` : "there is none before this one"}`,
      },
    ];
  }
  const origin = source.collaborative.from;
  if (origin !== undefined)
    return [
      {
        path,
        message: `${shown(from)} trains no vectors, it takes those of ${shown(origin)} itself; set from to ${origin}`,
      },
    ];
  const foldsOf = ({ channels }: FedMmConfig) =>
    channels.scores === "none" ? 0 : channels.scores.folds;
  const wanted = foldsOf(entry);
  const differences = [
    ...(JSON.stringify(strip(source)) === JSON.stringify(strip(entry))
      ? []
      : ["collaborative.model, rounds and patience"]),
    ...(source.alignment.anchors === entry.alignment.anchors ? [] : ["alignment.anchors"]),
    ...(wanted < 2 || foldsOf(source) === wanted ? [] : ["channels.scores.folds"]),
  ];
  return differences.length === 0
    ? []
    : [
        {
          path,
          message: `${shown(from)} trains other vectors: give both the same ${differences.join(" and ")}, or remove from`,
        },
      ];
}

function strip({ collaborative: { model, rounds, patience } }: FedMmConfig) {
  return { model, rounds, patience };
}
