import type { z } from "zod";
import { ExperimentError } from "./issue.ts";
import { knownKeys } from "./known-keys.ts";
import { openYaml, type YamlFile } from "./yaml-file.ts";
import { translate, type PathIssue } from "./zod-issues.ts";

export interface StrictYaml<Config> extends Pick<YamlFile, "positionOf"> {
  readonly config: Config;
}

/**
 * Checks the text of a YAML file by a schema, then by `check`; `file` names it in messages. All that the schema finds
 * is reported at once, and so is all that `check` finds: ExperimentError.
 */
export function parseStrictYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  check: (config: z.output<Schema>) => readonly PathIssue[] = () => [],
): StrictYaml<z.output<Schema>> {
  const { document, positionOf } = openYaml(text, file);
  const root: unknown = document.toJS() ?? {};
  const fail = (issues: readonly PathIssue[]): never => {
    throw new ExperimentError(
      issues.map((issue) => ({
        at: positionOf(issue),
        path: issue.path.join("."),
        message: issue.message,
      })),
    );
  };
  const result = schema.safeParse(root);
  if (!result.success)
    return fail(translate(result.error.issues, root, (path) => knownKeys(root, path, schema)));
  const issues = check(result.data);
  return issues.length > 0 ? fail(issues) : { config: result.data, positionOf };
}
