import { resolveMethod, type MethodEntry, type PfConfig } from "@atoll/core/methods";
import type { Experiment } from "./schema.ts";
import type { PathIssue } from "./zod-issues.ts";

type Entry = MethodEntry & PfConfig;

/** What PF-MSMTrec needs of the model, and whether its settings fit one another. */
export function pfChecks(experiment: Experiment): PathIssue[] {
  return experiment.methods.flatMap((written, i) => {
    const entry = resolveMethod(written);
    if (entry.kind !== "pf-msmtrec") return [];
    const { template, federatedParts, towers, gates } = entry as Entry;
    const model = entry.model ?? experiment.model;
    const issues: PathIssue[] = [];
    if (template.operator !== "off" && model.kind !== "mmoe")
      issues.push({
        path: ["methods", i, "template", "operator"],
        message: `is ${template.operator}, but the model is ${model.kind}: only experts of mmoe have factors; set the model to mmoe, or template.operator to off`,
      });
    if (
      template.operator === "off" &&
      !federatedParts.includes("scenario") &&
      towers === "local" &&
      gates === "local"
    )
      issues.push({
        path: ["methods", i, "federatedParts"],
        message:
          "leaves nothing to send: without a template experts are their scenario part; add scenario, or let towers or gates travel",
      });
    return issues;
  });
}
