import { isDeepStrictEqual } from "node:util";
import type { Experiment } from "@atoll/node/experiment";
import { resolveMethod, type MethodEntry } from "@atoll/core/methods";
import { merged, plain, type Settings } from "../settings.ts";

/** The method whose parts are taken off. */
export const PF = "pf-msmtrec";

/** The method as it is publicly described, read by the letter. */
export const LITERAL = "pf-literal";

/** One change of the method. */
export interface Variant {
  readonly name: string;
  /** For a table: which part, and what it is set to. */
  readonly part: string;
  readonly setTo: string;
  readonly settings: (base: Experiment) => Settings;
}

const variant = (
  name: string,
  [part, setTo]: readonly [string, string],
  settings: Settings | ((base: Experiment) => Settings),
): Variant => ({
  name,
  part,
  setTo,
  settings: typeof settings === "function" ? settings : () => settings,
});

/** Every other value of every part; `variantsOf` leaves out what the method has anyway. */
export const ABLATIONS: readonly Variant[] = [
  variant("template-off", ["template", "off"], { template: { operator: "off" } }),
  variant("template-product", ["template", "product"], { template: { operator: "product" } }),
  variant("task-off", ["task factor", "off"], { template: { taskFactor: "off" } }),
  variant("parts-global", ["federated factors", "global alone"], { federatedParts: ["global"] }),
  variant("norm-federated", ["normalisation", "federated"], { normalisation: "federated" }),
  variant("cagrad", ["aggregation", "cagrad"], { aggregation: "cagrad" }),
  variant("pcgrad", ["aggregation", "pcgrad"], { aggregation: "pcgrad" }),
  variant("mean", ["aggregation", "mean"], { aggregation: "mean" }),
  variant("no-evidence", ["evidence", "0: all is settled"], {
    evidence: { rows: 0, positives: 0 },
  }),
  variant("towers-local", ["towers", "local"], { towers: "local" }),
  variant("towers-attention", ["towers", "attention"], { towers: "attention" }),
  variant("gates-similarity", ["gates", "similarity"], { gates: "similarity" }),
  variant("rows-evidence", ["embedding rows", "by evidence"], { rows: "evidence" }),
  variant("mu-0", ["regulariser", "mu 0"], { mu: 0 }),
  variant("passes-0", ["passes alone in the end", "0"], { finalPasses: 0 }),
];

const experts = (count: number) =>
  variant(`experts-${count}`, ["experts", String(count)], (base) => ({
    model: { ...base.model, experts: count },
  }));

const caution = (c: number) =>
  variant(`cagrad-c-${c}`, ["caution c, with cagrad", String(c)], {
    aggregation: "cagrad",
    caution: c,
  });

const mixing = (initial: number) =>
  variant(`cagrad-a-${initial}`, ["mixing at first, with cagrad", String(initial)], {
    aggregation: "cagrad",
    mixing: { initial },
  });

const regulariser = (mu: number) => variant(`mu-${mu}`, ["mu", String(mu)], { mu });

export const SENSITIVITY: readonly Variant[] = [
  experts(2),
  experts(8),
  caution(0.8),
  mixing(0.5),
  regulariser(0.1),
  variant("epochs-1", ["local passes per round", "1"], { federation: { localEpochs: 1 } }),
];

/** The methods of an experiment, in full and by name. */
export function entriesOf({ methods }: Experiment): ReadonlyMap<string, MethodEntry> {
  return new Map(methods.map(resolveMethod).map((entry) => [entry.name, entry]));
}

/** What a variant makes of the experiment's own method; undefined where it changes nothing, or what another has made. */
export function variantsOf(base: Experiment, variants: readonly Variant[]): readonly Settings[] {
  const own = entriesOf(base).get(PF);
  if (own === undefined) throw new Error(`${base.name} has no method named ${PF}`);
  const bare = (settings: Settings) => plain({ ...settings, name: undefined });
  const seen: Settings[] = [bare({ ...own, model: own.model ?? base.model })];
  const made: Settings[] = [];
  for (const { name, settings } of variants) {
    const entry: Settings = { ...merged(own, settings(base)), name };
    const same = bare({ ...entry, model: entry["model"] ?? base.model });
    if (seen.some((other) => isDeepStrictEqual(other, same))) continue;
    seen.push(same);
    made.push(plain(entry));
  }
  return made;
}
