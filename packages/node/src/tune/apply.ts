import { isAlias, isCollection, isScalar, isSeq, parseDocument, type Document } from "yaml";
import type { Experiment } from "../experiment/index.ts";
import type { Parameter } from "./parameter.ts";
import type { Setting } from "./space.ts";

/** The experiment as a person wrote it, and as it was understood. */
export interface BaseExperiment {
  readonly text: string;
  readonly experiment: Experiment;
}

/**
 * The experiment with a setting filled in, comments and order kept. Blocks that the file leaves to their
 * defaults are opened with no more than their `kind`, so that the defaults of another kind still apply.
 * A problem is returned as a sentence, with the parameter it belongs to.
 */
export function applySetting(
  base: BaseExperiment,
  parameters: readonly Parameter[],
  setting: Setting,
): { readonly document: Document; readonly problems: readonly ApplyProblem[] } {
  const document = parseDocument(base.text);
  const problems: ApplyProblem[] = [];
  for (const parameter of parameters) {
    const message = openParents(document, parameter.path, base.experiment);
    if (message === undefined)
      document.setIn(parameter.path, document.createNode(setting[parameter.name]));
    else problems.push({ parameter, message });
  }
  return { document, problems };
}

export interface ApplyProblem {
  readonly parameter: Parameter;
  readonly message: string;
}

/** Makes every block on the way to a setting one that can be written to. */
function openParents(
  document: Document,
  path: readonly (string | number)[],
  experiment: Experiment,
): string | undefined {
  if (document.contents === null) document.contents = document.createNode({});
  for (let depth = 1; depth < path.length; depth++) {
    const parent = path.slice(0, depth);
    const shownParent = parent.join(".");
    const node: unknown = document.getIn(parent, true);
    if (isAlias(node)) document.setIn(parent, document.createNode(node.toJS(document)));
    else if (isScalar(node) && typeof node.value === "string" && isMethodEntry(parent))
      // `fedprox` stands for `{ kind: fedprox }`.
      document.setIn(parent, document.createNode({ kind: node.value }));
    else if (node === undefined || (isScalar(node) && node.value === null)) {
      const list: unknown = document.getIn(parent.slice(0, -1), true);
      if (isSeq(list))
        return `${shownParent} is not there: the experiment's ${parent.slice(0, -1).join(".")} has ${list.items.length} entries, counted from 0`;
      const kind = (valueAt(experiment, parent) as { kind?: unknown } | undefined)?.kind;
      document.setIn(parent, document.createNode(kind === undefined ? {} : { kind }));
    } else if (!isCollection(node))
      return `${shownParent} is ${String(isScalar(node) ? node.value : node)} in the experiment, which holds no settings; name a setting that there is`;
  }
  return undefined;
}

function isMethodEntry(path: readonly (string | number)[]): boolean {
  return path.length === 2 && path[0] === "methods" && typeof path[1] === "number";
}

function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
