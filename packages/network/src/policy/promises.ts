import type { FedMmConfig } from "@atoll/core/methods";
import { accountants, type PrivacyConfig, type Unit } from "@atoll/core/privacy";
import type { PlannedMethod } from "@atoll/node/runs";

type CodebooksConfig = FedMmConfig["codebooks"];

/** What one training of a method promises about the rows of a silo. */
export interface Promised {
  readonly method: string;
  readonly kind: Exclude<PrivacyConfig["kind"], "none"> | "codebook";
  readonly unit: Unit;
  /** Most epsilon that it may spend; Infinity where nothing says so. */
  readonly epsilon: number;
  readonly delta: number;
  /** A file that counts several trainings together, and the most that it lets all of them spend. */
  readonly ledger: string | undefined;
  readonly cap: number | undefined;
}

/** What a method's training promises, whole or of a part of what it sends; none where nothing is. */
export function promisesOf({ entry, settings: { privacy } }: PlannedMethod): readonly Promised[] {
  const promises: Promised[] = [];
  // Without noise a block of settings promises nothing.
  if (privacy.kind !== "none" && privacy.noiseMultiplier !== 0) {
    const epsilon = "epsilon" in privacy ? privacy.epsilon : undefined;
    promises.push({
      method: entry.name,
      kind: privacy.kind,
      unit: unitOf(entry, privacy),
      epsilon: Math.min(epsilon ?? Infinity, privacy.cap ?? Infinity),
      delta: privacy.delta,
      ledger: privacy.ledger,
      cap: privacy.cap,
    });
  }
  const codebooks = entry.kind === "fedmm" ? (entry["codebooks"] as CodebooksConfig) : undefined;
  if (codebooks?.privacy !== undefined)
    promises.push({
      method: entry.name,
      kind: "codebook",
      unit: "vector",
      epsilon: codebookEpsilon(codebooks),
      delta: codebooks.privacy.delta,
      ledger: undefined,
      cap: undefined,
    });
  return promises;
}

/** Whether a method's promise is about all that it learns, and not about its codebook alone. */
export function isWhole({ kind }: Promised): boolean {
  return kind !== "codebook";
}

/** Whether the silo keeps a promise by itself, even against the server. */
export function isOwn({ kind }: Promised): boolean {
  return kind === "dp-sgd" || kind === "local";
}

function unitOf(entry: PlannedMethod["entry"], privacy: PrivacyConfig): Unit {
  if (privacy.kind === "dp-sgd") return privacy.unit;
  return entry.kind === "fedcctr" && entry["clients"] === "user" ? "user" : "client";
}

/** Sums and counts together move by the root of 2 in units of their noise. */
function codebookEpsilon({ privacy, rounds, entities, levels }: CodebooksConfig): number {
  const { noiseMultiplier, delta } = privacy!;
  const numGlobal = levels.filter((level) => level === "global").length;
  const mechanism = {
    kind: "gaussian",
    noiseMultiplier: noiseMultiplier / Math.SQRT2,
    samplingRate: 1,
  } as const;
  const uses = [{ mechanism, count: rounds * entities.length * numGlobal }];
  return accountants.rdp.epsilon(uses, delta);
}

/**
 * Most epsilon that all trainings of a job may spend together, by unit: losses on the same rows add up, but trainings
 * that share a ledger spend no more together than its cap.
 */
export function epsilonByUnit(
  promises: readonly Promised[],
  numSeeds: number,
): ReadonlyMap<Unit, number> {
  const groups = Map.groupBy(promises, ({ unit, ledger, method, kind }) =>
    JSON.stringify([unit, ledger ?? [method, kind]]),
  );
  const totals = new Map<Unit, number>();
  for (const group of groups.values()) {
    const { unit, ledger } = group[0]!;
    const sum = group.reduce((all, { epsilon }) => all + numSeeds * epsilon, 0);
    const cap =
      ledger === undefined ? Infinity : Math.max(...group.map((one) => one.cap ?? Infinity));
    totals.set(unit, (totals.get(unit) ?? 0) + Math.min(sum, cap));
  }
  return totals;
}
