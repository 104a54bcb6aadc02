import { methodKinds, methodOf, resolveMethod, type MethodEntry } from "@atoll/core/methods";
import type { PrivacyConfig } from "@atoll/core/privacy";
import type { Experiment } from "./schema.ts";
import { leakChecks } from "./privacy-leak-checks.ts";
import { ledgerChecks } from "./privacy-ledger-checks.ts";
import { noiseChecks } from "./privacy-noise-checks.ts";
import { rowChecks } from "./privacy-row-checks.ts";
import { shown, type Path, type PathIssue } from "./zod-issues.ts";

/** A promise other than none. */
export type Promised = Exclude<PrivacyConfig, { readonly kind: "none" }>;

/** A method of an experiment with what it promises, and where the file says so. */
export interface PrivateMethod {
  readonly experiment: Experiment;
  readonly entry: MethodEntry;
  /** Its place among the methods. */
  readonly i: number;
  readonly privacy: Promised;
  /** A setting of its privacy block: its own, or the experiment's. */
  readonly at: (...keys: string[]) => Path;
}

/** Whether what an experiment promises can be kept: all that would break it, and the way out. */
export function privacyChecks(experiment: Experiment): PathIssue[] {
  const all = experiment.methods.map(resolveMethod).flatMap((entry, i): PrivateMethod[] => {
    const privacy = entry.privacy ?? experiment.privacy;
    if (privacy.kind === "none") return [];
    const place: Path = entry.privacy === undefined ? ["privacy"] : ["methods", i, "privacy"];
    return [{ experiment, entry, i, privacy, at: (...keys) => [...place, ...keys] }];
  });
  const supported = all.filter((method) => supportChecks(method).length === 0);
  const issues = [
    ...all.flatMap((method) => {
      const unsupported = supportChecks(method);
      return unsupported.length > 0
        ? unsupported
        : [...noiseChecks(method), ...leakChecks(method), ...rowChecks(method)];
    }),
    ...ledgerChecks(supported),
  ];
  const keyOf = ({ path, message }: PathIssue) => JSON.stringify([path, message]);
  return [...new Map(issues.map((issue) => [keyOf(issue), issue])).values()];
}

/** A method that does not know a kind of privacy would send more than the promise allows. */
function supportChecks({ entry, i, privacy, at }: PrivateMethod): PathIssue[] {
  const kindsOf = (kind: string) => methodOf(kind).privacy ?? [];
  if (kindsOf(entry.kind).includes(privacy.kind)) return [];
  const able = methodKinds().filter((kind) => kindsOf(kind).includes(privacy.kind));
  return [
    {
      path: entry.privacy === undefined ? ["methods", i] : at("kind"),
      message: `${entry.name} cannot promise ${shown(privacy.kind)}, which ${able.join(", ")} can; choose one of them, or give ${entry.name} a promise of its own: privacy: { kind: none }`,
    },
  ];
}
