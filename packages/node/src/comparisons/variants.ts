import { nearest } from "@atoll/core/errors";
import { methodOf, resolveMethod, type MethodEntry } from "@atoll/core/methods";
import { shown, type Experiment, type Path } from "../experiment/index.ts";
import { planOf, stagesOf } from "../runs/index.ts";
import type { Setting } from "../tune/index.ts";
import { combinations, keysOf, nameWith, type GridSetting } from "./setting.ts";
import { memberOf, withSetting, type Written } from "./written.ts";

/** Where a method of a comparison comes from. */
export interface MethodOrigin {
  /** The method's name in the experiment. */
  readonly base: string;
  readonly settings: Setting;
}

export interface Variants {
  /** Entries of `methods:` as a person would write them. */
  readonly methods: readonly unknown[];
  readonly origins: ReadonlyMap<string, MethodOrigin>;
  /** evaluation.against, with each name for all that became of it. */
  readonly against: readonly string[];
  /** What is wrong, by setting. */
  readonly problems: readonly { readonly name: string; readonly message: string }[];
}

/** Blocks of an experiment that a method may have of its own, and so a comparison several of. */
const OWN: Readonly<Record<string, readonly string[] | undefined>> = {
  model: undefined,
  training: undefined,
  privacy: undefined,
  federation: ["rounds", "localEpochs"],
};

/** Whether a setting makes variants of methods on the same rows; others make runs of their own. */
export function isOfMethods(name: string): boolean {
  const [block, key] = keysOf(name);
  if (block === "methods") return true;
  if (typeof block !== "string" || !Object.hasOwn(OWN, block)) return false;
  return OWN[block]?.includes(String(key)) ?? true;
}

/**
 * Every method with every combination of the settings that reach it, side by side, so that all are trained and
 * measured on the same rows. A setting reaches a method where the experiment's own would: a method with a block of
 * its own keeps it, and one that trains nothing stands once. Methods that start from others, or read them, have
 * their variants too, each from the one with the same settings.
 */
export function variantsOf(
  written: Written,
  experiment: Experiment,
  grid: readonly GridSetting[],
): Variants {
  const plan = planOf(experiment);
  const entries = (written["methods"] as readonly unknown[]).map((entry) => ({
    given: entry,
    block: (typeof entry === "string" ? { kind: entry } : entry) as Written,
    entry: resolveMethod(entry as Experiment["methods"][number]),
  }));
  const names = entries.map(({ entry }) => entry.name);
  const problems: { name: string; message: string }[] = [];
  const own = grid.flatMap(({ name, ...rest }) => {
    const path = keysOf(name);
    const problem = path[0] === "methods" ? targetProblem(path, names) : undefined;
    if (problem !== undefined) problems.push({ name, message: problem });
    return problem === undefined ? [{ name, path, ...rest }] : [];
  });

  const origins = new Map<string, MethodOrigin>();
  const reaching = new Map<string, readonly (typeof own)[number][]>();
  const methods = entries.flatMap(({ given: asGiven, block, entry }): unknown[] => {
    const planned = plan.methods.find((candidate) => candidate.entry.name === entry.name)!;
    const trains = stagesOf(planned.entry, planned.settings).some(({ name }) => name === "train");
    const reached = own.filter(({ path }) => reaches(path, { block, entry, trains }, names));
    const before = planned.reads.flatMap((name) => reaching.get(name) ?? []);
    const all = own.filter((setting) => reached.includes(setting) || before.includes(setting));
    reaching.set(entry.name, all);
    return combinations(all).map((setting) => {
      const name = nameWith(entry.name, setting);
      origins.set(name, { base: entry.name, settings: setting });
      let variant: Written = { ...block };
      for (const { name: key, path } of reached) {
        const changed = withOwn(variant, path, {
          written,
          experiment,
          entry,
          value: setting[key]!,
        });
        if (changed !== undefined) variant = changed;
        else
          problems.push({
            name: key,
            message: `a value that holds no settings is in its way in method ${entry.name}; name a setting that there is`,
          });
      }
      if (all.length === 0) return asGiven;
      const readers = new Map(
        planned.reads.map((from) => [from, nameWith(from, within(setting, reaching.get(from)!))]),
      );
      return { ...(renamed(variant, readers) as Written), name };
    });
  });
  for (const { name } of own)
    if (![...reaching.values()].some((settings) => settings.some((of) => of.name === name)))
      problems.push({ name, message: unreached(name, names) });
  const given = memberOf(written["evaluation"], "against") as readonly string[] | undefined;
  const becameOf = (base: string) =>
    [...origins].flatMap(([name, origin]) => (origin.base === base ? [name] : []));
  // Each method is held against the local-only training with its settings, so all of these are baselines.
  const local = entries.find(({ entry }) => entry.kind === "local")?.entry.name;
  const locals = local === undefined ? [] : becameOf(local);
  const against = [
    ...(locals.every((name) => name === local) ? [] : locals),
    ...(given ?? []).flatMap(becameOf),
  ];
  return {
    methods,
    origins,
    against: [...new Set(against)],
    problems: [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()],
  };
}

function targetProblem([, target, ...rest]: Path, names: readonly string[]): string | undefined {
  if (target === undefined)
    return "several lists of methods make no comparison; name methods with --methods";
  const known = typeof target === "number" ? target < names.length : names.includes(target);
  if (!known) {
    const meant = nearest(String(target), names);
    return `the experiment has no method ${shown(target)}; ${meant ? `did you mean "${meant}"?` : `there are: ${names.join(", ")}`}`;
  }
  if (rest.length === 0 || rest[0] === "name" || rest[0] === "kind")
    return "makes another method, not a variant; add the method to the experiment instead";
  return undefined;
}

function unreached(name: string, names: readonly string[]): string {
  return `reaches none of ${names.join(", ")}: each trains nothing, or has settings of its own there; name one, such as methods.${names.at(-1)}.${name}`;
}

/** Whether the experiment's setting is one of the method's, or a setting names the method. */
function reaches(
  [first, second]: Path,
  {
    block,
    entry,
    trains,
  }: { readonly block: Written; readonly entry: MethodEntry; readonly trains: boolean },
  names: readonly string[],
): boolean {
  const definition = methodOf(entry.kind);
  if (first === "methods")
    return (typeof second === "number" ? names[second] : second) === entry.name;
  if (first === "model") return definition.trainsModel && block["model"] === undefined;
  if (first === "privacy")
    return definition.privacy !== undefined && block["privacy"] === undefined;
  return trains && memberOf(block[String(first)], String(second)) === undefined;
}

/** A method with one of its settings, or of the experiment's, as its own. */
function withOwn(
  block: Written,
  path: Path,
  {
    written,
    experiment,
    entry,
    value,
  }: {
    readonly written: Written;
    readonly experiment: Experiment;
    readonly entry: MethodEntry;
    readonly value: Setting[string];
  },
): Written | undefined {
  const [first, second, ...rest] = path;
  if (first === "methods")
    return withSetting(block, path.slice(2), { value, resolved: entry })?.block as
      | Written
      | undefined;
  const name = String(first);
  const resolved = memberOf(experiment, name);
  // Training and federation are filled in setting by setting, a model and a promise as a whole.
  const byKey = (name === "training" || name === "federation") && second !== undefined;
  const start = byKey
    ? {
        ...(block[name] as Written),
        [second]: memberOf(block[name], second) ?? memberOf(written[name], second),
      }
    : (block[name] ?? written[name]);
  const changed = withSetting(start, second === undefined ? [] : [second, ...rest], {
    value,
    resolved,
  });
  return changed === undefined ? undefined : { ...block, [name]: changed.block };
}

function within(setting: Setting, settings: readonly { readonly name: string }[]): Setting {
  return Object.fromEntries(
    Object.entries(setting).filter(([key]) => settings.some(({ name }) => name === key)),
  );
}

/** A block with other names of the methods that it reads, wherever it names them. */
function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((own) => renamed(own, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, own]) => [key, key === "kind" ? own : renamed(own, names)]),
  );
}
