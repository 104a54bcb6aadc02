import { methodOf, type MethodEntry } from "@atoll/core/methods";
import type { Model } from "@atoll/core/models";
import type { PathIssue } from "./zod-issues.ts";

/** Methods that treat parts of a model differently need models that have them. */
export function checkParts({ kind }: MethodEntry, i: number, model: Model): PathIssue[] {
  const problem = methodOf(kind).lacking?.(model);
  return problem === undefined ? [] : [{ path: ["methods", i], message: `${kind} ${problem}` }];
}
