import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { ExperimentError } from "./issue.ts";
import type { PathIssue } from "./zod-issues.ts";

/** A YAML file that a person wrote, and where in it a setting stands. */
export interface YamlFile {
  readonly document: Document;
  /** `file:line:column`; a missing setting stands where its nearest parent does. */
  readonly positionOf: (issue: PathIssue) => string;
}

/** Parses YAML; `file` names it in messages. Every syntax error is reported at once. */
export function openYaml(text: string, file: string): YamlFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true });
  if (document.errors.length > 0)
    throw new ExperimentError(
      document.errors.map((error) => ({
        at: positionAt(file, lineCounter, error.pos[0]),
        path: "",
        message: error.message.split("\n")[0]!.replace(/ at line \d+, column \d+:?$/, ""),
      })),
    );
  return {
    document,
    positionOf: (issue) => positionOf(document, lineCounter, file, issue),
  };
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
