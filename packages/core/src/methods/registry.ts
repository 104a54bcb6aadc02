import { z } from "zod";
import { federationConfig } from "../federation/index.ts";
import { modelConfig } from "../models/index.ts";
import { privacyConfig, type PrivacyConfig } from "../privacy/index.ts";
import { trainingConfig } from "../training/config.ts";
import type { MethodDefinition, MethodRole } from "./types.ts";
import { bestPossible } from "./baselines/best-possible.ts";
import { c2dsr } from "./baselines/c2dsr.ts";
import { centralised } from "./baselines/centralised.ts";
import { ditto } from "./baselines/ditto.ts";
import { ease } from "./baselines/ease.ts";
import { fedadam } from "./baselines/fedadam.ts";
import { fedamp } from "./baselines/fedamp.ts";
import { fcf } from "./baselines/fcf.ts";
import { fedavgFinetuned } from "./baselines/fedavg-finetuned.ts";
import { fedavg } from "./baselines/fedavg.ts";
import { fedbn } from "./baselines/fedbn.ts";
import { feddcsrMethod } from "./baselines/feddcsr.ts";
import { fedhca2 } from "./baselines/fedhca2.ts";
import { fedper } from "./baselines/fedper.ts";
import { fedprox } from "./baselines/fedprox.ts";
import { fedrep } from "./baselines/fedrep.ts";
import { itemKnn } from "./baselines/item-knn.ts";
import { lightgcn } from "./baselines/lightgcn.ts";
import { local } from "./baselines/local.ts";
import { mfBpr } from "./baselines/mf-bpr.ts";
import { p2fcdr } from "./baselines/p2fcdr.ts";
import { pfedrec } from "./baselines/pfedrec.ts";
import { popularity } from "./baselines/popularity.ts";
import { recency } from "./baselines/recency.ts";
import { scaffold } from "./baselines/scaffold.ts";
import { triCdr } from "./baselines/tri-cdr.ts";
import { centralisedFedcctr, fedcctr } from "./fedcctr/index.ts";
import { centralisedCodes, fedmm } from "./fedmm/index.ts";
import { pfMsmtrec } from "./pf-msmtrec/index.ts";

/** Every method an experiment may name. Adding one adds its file, its test and one line here. */
export const methods = {
  popularity,
  recency,
  "item-knn": itemKnn,
  ease,
  "mf-bpr": mfBpr,
  lightgcn,
  local,
  centralised,
  "centralised-codes": centralisedCodes,
  "best-possible": bestPossible,
  fedavg,
  fedprox,
  fedbn,
  fedadam,
  scaffold,
  "fedavg-finetuned": fedavgFinetuned,
  ditto,
  fedper,
  fedrep,
  fedamp,
  fedhca2,
  fcf,
  pfedrec,
  feddcsr: feddcsrMethod,
  p2fcdr,
  fedmm,
  "pf-msmtrec": pfMsmtrec,
  c2dsr,
  "tri-cdr": triCdr,
  "centralised-fedcctr": centralisedFedcctr,
  fedcctr,
} as const;

export type MethodKind = keyof typeof methods;

/** Methods that train the experiment's model; the others have one of their own, or none. */
const TRAIN_MODEL: ReadonlySet<MethodKind> = new Set<MethodKind>([
  "local",
  "centralised",
  "centralised-codes",
  "fedavg",
  "fedprox",
  "fedbn",
  "fedadam",
  "scaffold",
  "fedavg-finetuned",
  "ditto",
  "fedper",
  "fedrep",
  "fedamp",
  "fedhca2",
  "fedmm",
  "pf-msmtrec",
]);

export function trainsModel(kind: MethodKind): boolean {
  return TRAIN_MODEL.has(kind);
}

/** What an entry is in a comparison. */
export function roleOf(entry: MethodEntry): MethodRole {
  const definition = methods[entry.kind] as unknown as MethodDefinition<{ readonly kind: string }>;
  return definition.roleOf?.(entry) ?? definition.role;
}

/** Lets a block be given in part: every field optional, no default filled in. */
function partial(schema: z.ZodObject): z.ZodObject {
  const shape = Object.entries(schema.shape).map(([name, field]) => {
    const bare =
      field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? field.unwrap() : field;
    return [name, (bare as z.ZodType).optional().describe((field as z.ZodType).description ?? "")];
  });
  return z.strictObject(Object.fromEntries(shape) as z.ZodRawShape);
}

/** What a method entry may say beside its own settings. */
const overrides = {
  name: z.string().min(1).optional().describe("its name in results; default: its kind"),
  model: modelConfig.optional().describe("another model than the experiment's"),
  training: partial(trainingConfig)
    .optional()
    .describe("training settings that differ from the experiment's"),
  federation: partial(federationConfig.pick({ rounds: true, localEpochs: true }))
    .optional()
    .describe("rounds and passes that differ from the experiment's"),
  privacy: privacyConfig.optional().describe("another promise than the experiment's"),
  startFrom: z
    .array(z.string())
    .default([])
    .describe(
      "earlier methods of this experiment whose trained models this one starts from, client by client",
    ),
};

const kinds = Object.keys(methods) as [MethodKind, ...MethodKind[]];
const blocks = kinds.map((kind) => methods[kind].config.extend(overrides));

/** One entry of `methods:`: a kind by name, or a block. */
export const methodConfig = z.union([
  z.enum(kinds),
  z.discriminatedUnion("kind", blocks as unknown as [z.ZodObject, ...z.ZodObject[]]),
]);

export interface MethodEntry {
  readonly kind: MethodKind;
  readonly name: string;
  readonly model?: z.infer<typeof modelConfig>;
  readonly training?: Record<string, unknown>;
  readonly federation?: Record<string, unknown>;
  readonly privacy?: PrivacyConfig;
  readonly startFrom: readonly string[];
  /** The method's own settings stand beside these. */
  readonly [setting: string]: unknown;
}

/** Gives an entry its full form: `fedavg` becomes a block with every default filled in. */
export function resolveMethod(entry: z.infer<typeof methodConfig>): MethodEntry {
  const block = (typeof entry === "string" ? { kind: entry } : entry) as { kind: MethodKind };
  const parsed = methods[block.kind].config
    .extend(overrides)
    .parse(block) as unknown as MethodEntry;
  return { ...parsed, name: parsed.name ?? parsed.kind };
}
