import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { isCollection, isSeq, parse, type Document } from "yaml";
import { crossChecks } from "./cross-checks.ts";
import { ExperimentError, type ExperimentIssue } from "./issue.ts";
import { knownKeys } from "./known-keys.ts";
import { experimentSchema, type Experiment } from "./schema.ts";
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

/** Reads an experiment file; everything that is wrong with it is reported at once. */
export async function readExperiment(
  path: string,
  overrides: readonly Override[] = [],
): Promise<Experiment> {
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
  return parseExperiment(text, basename(path), overrides);
}

/** The same for text; `file` names it in messages. */
export function parseExperiment(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): Experiment {
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
  const result = experimentSchema.safeParse(root ?? {});
  if (!result.success)
    throw new ExperimentError(
      translate(result.error.issues, root ?? {}, (path) => knownKeys(root, path)).map(locate),
    );
  const issues = crossChecks(result.data);
  if (issues.length > 0) throw new ExperimentError(issues.map(locate));
  return result.data;
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
