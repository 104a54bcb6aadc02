import { z } from "zod";
import type { ExtensionLines } from "./extension.ts";

/** What a name may look like: experiments and metric names give `@` and `:` a meaning. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Settings that every entry of `methods:` may have. */
const RESERVED = ["name", "model", "training", "federation", "privacy", "startFrom"];

/** What is no such thing is missing, or something else. */
const wanted = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing; give ${what}` : `must be ${what}`,
});
const text = z.string(wanted("a text")).min(1, "is empty; say what it is");
const call = z.custom<unknown>((value) => typeof value === "function", wanted("a function"));
const config = z.custom<z.ZodObject>(
  (value) => value instanceof z.ZodObject,
  wanted("an object schema of zod"),
);

const flag = z.boolean(wanted("true or false"));
const oneOf = (...names: readonly string[]) => z.enum(names, wanted(names.join(" or ")));

const method = z.looseObject({
  config,
  summary: text,
  role: oneOf("baseline", "reference", "federated"),
  parties: oneOf("clients", "pooled", "population"),
  trainsModel: flag,
  stages: call,
});
const model = z.looseObject({ config, summary: text, build: call });
const metric = z.looseObject({
  label: text,
  summary: text,
  higherIsBetter: flag,
  needs: oneOf("labels", "lists"),
  probabilities: flag,
  cutoff: flag,
  measure: call,
});

/** All that is malformed in what an extension adds, as sentences. */
export function problemsOf({
  methods = {},
  models = {},
  metrics = {},
}: ExtensionLines): readonly string[] {
  const lines = [
    ...Object.entries(methods).map(([name, line]) => ["method", name, line, method] as const),
    ...Object.entries(models).map(([name, line]) => ["model", name, line, model] as const),
    ...Object.entries(metrics).map(([name, line]) => ["metric", name, line, metric] as const),
  ];
  if (lines.length === 0)
    return ["an extension adds nothing; give it methods, models or metrics by name"];
  return lines.flatMap(([noun, name, line, schema]) => {
    const named = `${noun} "${name}"`;
    const parsed = schema.safeParse(line);
    const problems = parsed.success
      ? []
      : parsed.error.issues.map(
          ({ path, message }) =>
            `${named}: ${path.length > 0 ? `${path.join(".")} ` : ""}${message}`,
        );
    if (!NAME.test(name))
      problems.push(
        `${named}: a name has small letters, digits and single hyphens, such as trimmed-mean`,
      );
    const given = config.safeParse((line as { readonly config?: unknown } | undefined)?.config);
    return given.success && noun !== "metric"
      ? [...problems, ...configProblems(named, name, { noun, schema: given.data })]
      : problems;
  });
}

/** What would let a config of another name, or a misspelt setting, pass. */
function configProblems(
  named: string,
  name: string,
  { noun, schema }: { readonly noun: string; readonly schema: z.ZodObject },
): string[] {
  const problems: string[] = [];
  const { kind } = schema.shape as Partial<Record<string, z.ZodType>>;
  if (!(kind instanceof z.ZodLiteral) || kind.values.size !== 1 || !kind.values.has(name))
    problems.push(`${named}: config.kind must be z.literal("${name}")`);
  const unknown = schema.safeParse({ kind: name, "no such setting": 1 });
  if (unknown.error?.issues.every(({ code }) => code !== "unrecognized_keys") ?? true)
    problems.push(`${named}: config lets unknown settings pass; make it with z.strictObject`);
  if (noun === "method")
    for (const setting of RESERVED)
      if (setting in schema.shape)
        problems.push(
          `${named}: the setting ${setting} has a meaning for every method; give it another name`,
        );
  return problems;
}
