import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { isMap, isPair, isScalar, LineCounter, parse, parseDocument, type Document } from "yaml";
import { crossChecks } from "./cross-checks.ts";
import { ExperimentError, type ExperimentIssue } from "./issue.ts";
import { knownKeys } from "./known-keys.ts";
import { experimentSchema, type Experiment } from "./schema.ts";
import { translate, type Path, type PathIssue } from "./zod-issues.ts";

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
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0)
    throw new ExperimentError(
      document.errors.map((error) => ({
        at: positionAt(file, lineCounter, error.pos[0]),
        path: "",
        message: error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
      })),
    );
  for (const { path, value } of overrides) {
    document.setIn(path, value);
  }
  const root: unknown = document.toJS();
  const locate = (issue: PathIssue): ExperimentIssue => ({
    at:
      overrides.find(
        ({ path }) => startsWith(issue.path, path) || (issue.atKey && startsWith(path, issue.path)),
      )?.text ?? positionOf(document, lineCounter, file, issue),
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

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((key, i) => path[i] === key);
}

function positionAt(file: string, lineCounter: LineCounter, offset: number): string {
  const { line, col } = lineCounter.linePos(offset);
  return `${file}:${line}:${col}`;
}

/** Where a path stands in the file; a missing one stands where its nearest parent does. */
function positionOf(
  document: Document,
  lineCounter: LineCounter,
  file: string,
  { path, atKey }: PathIssue,
): string {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1]!;
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      const range =
        pair &&
        (atKey || depth < path.length
          ? rangeOf(pair.key)
          : (rangeOf(pair.value) ?? rangeOf(pair.key)));
      if (range !== undefined) return positionAt(file, lineCounter, range);
    }
    const range = rangeOf(document.getIn(path.slice(0, depth), true));
    if (range !== undefined) return positionAt(file, lineCounter, range);
  }
  return `${file}:1:1`;
}

function rangeOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | undefined)?.range?.[0];
}
