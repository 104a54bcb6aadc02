import type { z } from "zod";
import { AtollError, AtollErrors } from "../errors/index.ts";
import type { AnyMethod, MethodDefinition } from "../methods/index.ts";
import type { MetricDefinition } from "../metrics/index.ts";
import type { AnyModel, ModelDefinition } from "../models/index.ts";
import { problemsOf } from "./problems.ts";

/** Methods, models and metrics that experiments may name beside the library's. */
export interface Extension {
  readonly spec: "atoll/extension/v1";
  readonly methods: Readonly<Record<string, AnyMethod>>;
  readonly models: Readonly<Record<string, AnyModel>>;
  readonly metrics: Readonly<Record<string, MetricDefinition>>;
}

/** Definitions under the names that experiments give them; a config's `kind` says the same name. */
export interface ExtensionLines {
  readonly methods?: Readonly<
    Record<string, Omit<MethodDefinition<never>, "config"> & { readonly config: z.ZodObject }>
  >;
  readonly models?: Readonly<
    Record<string, Omit<ModelDefinition<never>, "config"> & { readonly config: z.ZodObject }>
  >;
  readonly metrics?: Readonly<Record<string, MetricDefinition>>;
}

/** Those that this copy of the library made. */
const made = new WeakSet<object>();

/** Makes what a module exports to add to the library. EXTENSION_INVALID for all that is malformed, at once. */
export function extension({ methods = {}, models = {}, metrics = {} }: ExtensionLines): Extension {
  const problems = problemsOf({ methods, models, metrics });
  if (problems.length > 0)
    throw new AtollErrors(problems.map((problem) => new AtollError("EXTENSION_INVALID", problem)));
  const value: Extension = {
    spec: "atoll/extension/v1",
    // Tables look a definition up by the kind that its own config carries, and call it with that config.
    methods: methods as unknown as Extension["methods"],
    models: models as unknown as Extension["models"],
    metrics,
  };
  made.add(value);
  return value;
}

/** `foreign`: an extension that another copy of the library made, whose tables nobody reads here. */
export function kindOfExport(value: unknown): "extension" | "foreign" | "other" {
  if (typeof value !== "object" || value === null) return "other";
  if (made.has(value)) return "extension";
  return (value as Partial<Extension>).spec === "atoll/extension/v1" ? "foreign" : "other";
}
