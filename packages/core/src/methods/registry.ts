import { z } from "zod";
import { federationConfig } from "../federation/index.ts";
import { modelConfigWith, modelOf, type AnyModel, type ModelConfig } from "../models/index.ts";
import { privacyConfig, type PrivacyConfig } from "../privacy/index.ts";
import { openTable } from "../registry/index.ts";
import { trainingConfig } from "../training/config.ts";
import type { AnyMethod, MethodRole } from "./types.ts";
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

/** Every one by name: where extensions add theirs. */
export const methodTable = openTable<AnyMethod>(
  "method",
  methods as unknown as Record<string, AnyMethod>,
);

/** The method of a kind, of the library or of an extension. */
export function methodOf(kind: string): AnyMethod {
  return methodTable.get(kind);
}

/** Every kind there is: the library's, and those of extensions. */
export const methodKinds = methodTable.names;

/** Whether a method trains the experiment's model; the others have one of their own, or none. */
export function trainsModel(kind: string): boolean {
  return methodOf(kind).trainsModel;
}

/** What an entry is in a comparison. */
export function roleOf(entry: MethodEntry): MethodRole {
  const definition = methodOf(entry.kind);
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
function overridesWith(models: Readonly<Record<string, AnyModel>>) {
  return {
    name: z.string().min(1).optional().describe("its name in results; default: its kind"),
    model: modelConfigWith(models).optional().describe("another model than the experiment's"),
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
}

/** Methods and models that an experiment may name beside the library's. */
export interface AddedLines {
  readonly methods: Readonly<Record<string, AnyMethod>>;
  readonly models: Readonly<Record<string, AnyModel>>;
}

const NOTHING: AddedLines = { methods: {}, models: {} };

/** One entry of `methods:`: a kind by name, or a block. */
export function methodConfigWith(added: AddedLines) {
  const overrides = overridesWith(added.models);
  const known: Readonly<Record<string, AnyMethod>> = {
    ...(methods as unknown as Record<string, AnyMethod>),
    ...added.methods,
  };
  const kinds = Object.keys(known) as [MethodKind, ...MethodKind[]];
  const blocks = kinds.map((kind) => known[kind]!.config.extend(overrides));
  return z.union([
    z.enum(kinds),
    z.discriminatedUnion("kind", blocks as unknown as [z.ZodObject, ...z.ZodObject[]]),
  ]);
}

/** The same of the library's methods and models alone. */
export const methodConfig = methodConfigWith(NOTHING);

export interface MethodEntry {
  readonly kind: string;
  readonly name: string;
  readonly model?: ModelConfig;
  readonly training?: Record<string, unknown>;
  readonly federation?: Record<string, unknown>;
  readonly privacy?: PrivacyConfig;
  readonly startFrom: readonly string[];
  /** The method's own settings stand beside these. */
  readonly [setting: string]: unknown;
}

const { model: _, ...settingsOfEntry } = overridesWith({});

const entrySchemas = new WeakMap<z.ZodObject, z.ZodObject>();

/**
 * A method's own settings beside those of every entry. Made once: an entry is resolved a dozen times while an experiment is
 * read, and a new schema is compiled anew. Which models there are is no matter of the method: each has its own schema.
 */
function entrySchemaOf(config: z.ZodObject): z.ZodObject {
  const known = entrySchemas.get(config);
  if (known !== undefined) return known;
  const made = config.extend({ ...settingsOfEntry, model: z.unknown().optional() });
  entrySchemas.set(config, made);
  return made;
}

/** Gives an entry its full form: `fedavg` becomes a block with every default filled in. */
export function resolveMethod(entry: z.infer<typeof methodConfig>): MethodEntry {
  const block: Record<string, unknown> = typeof entry === "string" ? { kind: entry } : entry;
  const kind = block["kind"] as string;
  const model = block["model"] as ModelConfig | undefined;
  const parsed = entrySchemaOf(methodOf(kind).config).parse(block) as unknown as MethodEntry;
  return {
    ...parsed,
    name: parsed.name ?? parsed.kind,
    ...(model !== undefined && { model: modelOf(model.kind).config.parse(model) as ModelConfig }),
  };
}
