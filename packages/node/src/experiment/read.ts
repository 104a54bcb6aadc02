import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AtollErrors } from "@atoll/core/errors";
import { isCollection, isSeq, parse, type Document } from "yaml";
import { loadExtensions, type LoadedExtension } from "../extensions/index.ts";
import { crossChecks } from "./cross-checks.ts";
import { checkNames, namedExtensions } from "./extension-checks.ts";
import { ExperimentError, type ExperimentIssue } from "./issue.ts";
import { knownKeys } from "./known-keys.ts";
import { experimentSchemaWith, type Experiment } from "./schema.ts";
import { openYaml } from "./yaml-file.ts";
import { shown, translate, type Path, type PathIssue } from "./zod-issues.ts";

/** A setting given on the command line: `a.b=c`. */
export interface Override {
  readonly path: Path;
  readonly value: unknown;
  /** As it was written. */
  readonly text: string;
}

/** Reads `a.b.0=c`; the value is YAML, so `[1, 2]` is a list and `3` a number. */
export function parseOverride(text: string): Override {
  const equals = text.indexOf("=");
  const keys = text.slice(0, equals).split(".");
  if (equals <= 0 || keys.some((key) => key === ""))
    throw new ExperimentError([
      { at: `--set ${text}`, path: "", message: "is not of the form path.to.setting=value" },
    ]);
  return {
    path: keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key)),
    value: parse(text.slice(equals + 1)) as unknown,
    text: `--set ${text}`,
  };
}

/**
 * Reads an experiment file, and loads the extensions that it names; everything that is wrong with it is reported at
 * once.
 */
export async function readExperiment(
  path: string,
  overrides: readonly Override[] = [],
): Promise<Experiment> {
  const written = await readWritten(path);
  await loadNamed(written, overrides);
  return parseExperiment(written.text, written.file, overrides, written);
}

/** The text of an experiment file, unchecked. */
export async function readWritten(path: string): Promise<WrittenExperiment> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new ExperimentError([
      {
        at: path,
        path: "",
        message:
          error.code === "ENOENT"
            ? "there is no such file; `atoll init` writes one"
            : error.message,
      },
    ]);
  });
  return { text, file: basename(path), directory: dirname(path) };
}

/** The text of an experiment file. */
export interface WrittenExperiment {
  readonly text: string;
  /** Names it in messages. */
  readonly file: string;
  /** Where it lies: extensions are named from there. */
  readonly directory: string;
}

/** Loads the extensions that an experiment names; what is wrong with them is said with its place in the file. */
export async function loadNamed(
  { text, file, directory }: WrittenExperiment,
  overrides: readonly Override[] = [],
): Promise<readonly LoadedExtension[]> {
  const { root, locate } = openExperiment(text, file, overrides);
  const loaded: LoadedExtension[] = [];
  const issues: ExperimentIssue[] = [];
  for (const [i, module] of namedIn(root).entries()) {
    try {
      loaded.push(...(await loadExtensions([module], directory)));
    } catch (error) {
      if (!(error instanceof AtollErrors)) throw error;
      issues.push(
        ...error.errors.map(({ message }) => locate({ path: ["extensions", i], message })),
      );
    }
  }
  if (issues.length > 0) throw new ExperimentError(issues);
  return loaded;
}

/** The modules that an experiment names; what is no list of names is the schema's to refuse. */
function namedIn(root: unknown): readonly string[] {
  const named = (root as { readonly extensions?: unknown } | null)?.extensions;
  return Array.isArray(named) && named.every((module) => typeof module === "string") ? named : [];
}

export interface ParseOptions {
  /**
   * Where the experiment lies: it may name the extensions that were loaded from there. Without one it may name none,
   * such as a job that came from a server.
   */
  readonly directory?: string;
}

/** Checks the text of an experiment; `file` names it in messages. */
export function parseExperiment(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
  { directory }: ParseOptions = {},
): Experiment {
  const { root, locate } = openExperiment(text, file, overrides);
  // What a missing module would add is not to be called a misspelling.
  const { extensions, issues: missing } = namedExtensions(namedIn(root), directory);
  if (missing.length > 0) throw new ExperimentError(missing.map(locate));
  const schema = experimentSchemaWith(extensions);
  const result = schema.safeParse(root ?? {});
  if (!result.success)
    throw new ExperimentError(
      translate(result.error.issues, root ?? {}, (path) => knownKeys(root, path, schema)).map(
        locate,
      ),
    );
  const issues = [...checkNames(result.data, extensions), ...crossChecks(result.data)];
  if (issues.length > 0) throw new ExperimentError(issues.map(locate));
  return result.data;
}

/** The values of an experiment's text with overrides, and where in it they stand. */
function openExperiment(text: string, file: string, overrides: readonly Override[]) {
  const { document, positionOf } = openYaml(text, file);
  for (const { path, value, text: at } of overrides) {
    const message = misplaced(document, path);
    if (message !== undefined) throw new ExperimentError([{ at, path: "", message }]);
    document.setIn(path, document.createNode(value));
  }
  const root: unknown = document.toJS();
  const locate = (issue: PathIssue): ExperimentIssue => ({
    at:
      overrides.find(
        ({ path }) => startsWith(issue.path, path) || (issue.atKey && startsWith(path, issue.path)),
      )?.text ?? positionOf(issue),
    path: issue.path.join("."),
    message: issue.message,
  });
  return { root, locate };
}

/** What is wrong with the place of an override; undefined: a value can be put there. */
function misplaced(document: Document, path: Path): string | undefined {
  for (const [i, key] of path.entries()) {
    if (i === 0) continue;
    const before = path.slice(0, i);
    const start = before.join(".");
    const held = document.getIn(before, true);
    if (held !== undefined && !isCollection(held)) {
      const value = shown(document.getIn(before));
      return `${start} is ${value}, not a block with settings; set it as a whole, such as --set '${start}={ kind: ${value.replaceAll('"', "")} }'`;
    }
    if (isSeq(held) && !/^\d+$/.test(String(key)))
      return `${start} is a list; name an entry by its place, counted from 0, such as ${[...before, 0, ...path.slice(i + 1)].join(".")}`;
  }
  return undefined;
}

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((key, i) => path[i] === key);
}
