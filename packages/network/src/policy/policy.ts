import type { PolicyConfig } from "./policy-file.ts";
import { rules, type Objection } from "./rules.ts";
import type { Refusal, ReviewedJob, SiloPolicy, Verdict } from "./types.ts";

/** What each rule says of a job, in the order of the policy file. */
export interface RuleFinding {
  readonly rule: string;
  readonly verdict: "allowed" | "later" | "refused";
  readonly objections: readonly Objection[];
}

export function findingsOf(policy: PolicyConfig, reviewed: ReviewedJob): readonly RuleFinding[] {
  return Object.entries(rules).map(([rule, judge]) => {
    const objections = judge(policy, reviewed);
    if (objections === undefined) return { rule, verdict: "later", objections: [] };
    return { rule, verdict: objections.length > 0 ? "refused" : "allowed", objections };
  });
}

/** A silo's policy as its file has it. */
export function siloPolicy(policy: PolicyConfig): SiloPolicy {
  return {
    programs: policy.programs === "any" ? undefined : policy.programs,
    review: async (reviewed) => {
      const refused = findingsOf(policy, reviewed).filter(({ verdict }) => verdict === "refused");
      return refused.length > 0 ? refusal(refused) : { kind: "allowed" };
    },
    mayUpload: (run, sizeBytes): Verdict =>
      sizeBytes <= policy.maximumBytesUp
        ? { kind: "allowed" }
        : refusal([
            {
              rule: "maximumBytesUp",
              objections: [
                {
                  told: "so many bytes to leave",
                  detail: `run ${run}: ${sizeBytes} bytes with its next answer are more than ${policy.maximumBytesUp}`,
                },
              ],
            },
          ]),
  };
}

/** All reasons at once; to the server, nothing but which rules they are. */
function refusal(refused: readonly Pick<RuleFinding, "rule" | "objections">[]): Refusal {
  const told = [...new Set(refused.flatMap(({ objections }) => objections.map((one) => one.told)))];
  const names = refused.map(({ rule }) => rule);
  return {
    kind: "refused",
    code: "POLICY_REFUSED",
    reason: notAllowed(told, names),
    details: refused.flatMap(({ rule, objections }) =>
      objections.map(({ detail }) => `${rule}: ${detail}`),
    ),
  };
}

/** What a server is told: what is not allowed, and by which rules. */
export function notAllowed(told: readonly string[], rulesOfIt: readonly string[]): string {
  return `the silo's policy does not allow ${inWords(told)} (${rulesOfIt.length > 1 ? "rules" : "rule"} ${rulesOfIt.join(", ")}); change the job, or ask the silo's people`;
}

function inWords(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
