import { ExperimentError, parseOverride, type Override, type Path } from "../experiment/index.ts";
import { gridSettings, type Setting, type SettingValue } from "../tune/index.ts";

/** A setting with the values that it takes, one after another. */
export interface GridSetting {
  /** As it is written: `training.optimiser.learningRate`. */
  readonly name: string;
  readonly values: readonly SettingValue[];
}

/** What `--set` gave: settings of one value, and those of several. */
export interface Settings {
  readonly overrides: readonly Override[];
  readonly grid: readonly GridSetting[];
}

/**
 * Reads `a.b=c` and `a.b=c,d`, whatever is wrong with them at once. Values are YAML, and a comma within brackets or
 * quotes belongs to its value: `model.hidden=[8],[16,8]` has two. A setting named in `several` is one of several
 * values even where it has one.
 */
export function parseSettings(
  texts: readonly string[],
  { several = () => false }: { readonly several?: (name: string) => boolean } = {},
): Settings {
  const overrides: Override[] = [];
  const grid: GridSetting[] = [];
  const issues: ExperimentError["issues"][number][] = [];
  for (const text of texts)
    try {
      const [name = ""] = text.split("=", 1);
      const values = splitValues(text.slice(name.length + 1));
      // Without a value it is refused as a whole.
      const parsed = text.includes("=")
        ? values.map((value) => parseOverride(`${name}=${value}`))
        : [parseOverride(text)];
      if (parsed.length < 2 && !several(name)) {
        overrides.push({ ...parsed[0]!, text: `--set ${text}` });
        continue;
      }
      if (grid.some((own) => own.name === name))
        issues.push({
          at: `--set ${text}`,
          path: "",
          message: `${name} is set twice; give all of its values in one --set, separated by commas`,
        });
      grid.push({ name, values: distinct(parsed.map(({ value }) => value as SettingValue)) });
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      issues.push(...error.issues);
    }
  if (issues.length > 0) throw new ExperimentError(issues);
  return { overrides, grid };
}

/** The values between commas, but for commas within brackets and quotes. */
function splitValues(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    else if (character === "," && depth === 0) {
      values.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...values, text.slice(start)].map((value) => value.trim());
}

/** Values in their order, each once. */
function distinct(values: readonly SettingValue[]): SettingValue[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** One list of settings with the values of both. */
export function joinSettings(
  first: readonly GridSetting[],
  second: readonly GridSetting[],
): GridSetting[] {
  const names = [...new Set([...first, ...second].map(({ name }) => name))];
  return names.map((name) => ({
    name,
    values: distinct([...first, ...second].flatMap((own) => (own.name === name ? own.values : []))),
  }));
}

/** A value as names show it: `0.01`, `[16, 8]`, `{ kind: lr }`. */
export function valueText(value: SettingValue): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, own]) => `${key}: ${valueText(own)}`)
      .join(", ")} }`;
  return String(value);
}

/** `fedavg` with its settings: `fedavg [model.width=8]`. */
export function nameWith(name: string, setting: Setting): string {
  const parts = Object.entries(setting).map(([key, value]) => `${key}=${valueText(value)}`);
  return parts.length === 0 ? name : `${name} [${parts.join(", ")}]`;
}

/** Every combination of values; the last setting changes fastest. */
export function combinations(grid: readonly GridSetting[]): Setting[] {
  return gridSettings(
    grid.map(({ name, values }) => ({ name, path: [], config: { values: [...values] } })),
  );
}

/** `a.0.b` as keys. */
export function keysOf(name: string): Path {
  return parseOverride(`${name}=`).path;
}
