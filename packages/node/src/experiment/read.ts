import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { isCollection, parse } from "yaml";
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
  for (const { path, value, text: given } of overrides) {
    const through = path
      .slice(1)
      .map((_, i) => path.slice(0, i + 1))
      .find((start) => {
        const held = document.getIn(start, true);
        return held !== undefined && !isCollection(held);
      });
    if (through !== undefined)
      throw new ExperimentError([
        {
          at: given,
          path: "",
          message: `${through.join(".")} is ${shown(document.getIn(through))}, not a block with settings; set it as a whole, such as --set '${through.join(".")}={ kind: ${shown(document.getIn(through)).replaceAll('"', "")} }'`,
        },
      ]);
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

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((key, i) => path[i] === key);
}
