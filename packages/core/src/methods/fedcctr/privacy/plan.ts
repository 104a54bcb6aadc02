import {
  accountants,
  noiseMultiplierFor,
  type PrivacyConfig,
  type Unit,
  type UpdatePrivacyConfig,
  type Uses,
} from "../../../privacy/index.ts";
import { AtollError } from "../../../errors/index.ts";
import type { MethodSettings } from "../../types.ts";
import type { FedcctrSettings } from "../config.ts";

/** Whom a promise protects: a user with everything in all domains, or the client that users are packed into. */
export function unitOf({ clients }: Pick<FedcctrSettings, "clients">): Unit {
  return clients === "user" ? "user" : "client";
}

/** Whether the method reads popularity, from a histogram that is released once. */
export function releasesHistogram({
  request,
  histogram,
}: Pick<FedcctrSettings, "request" | "histogram">): boolean {
  return request.recency > 0 && histogram !== undefined;
}

/** One use of Gaussian noise. */
export function gaussianUses(noiseMultiplier: number, samplingRate = 1, count = 1): Uses {
  return { mechanism: { kind: "gaussian", noiseMultiplier, samplingRate }, count };
}

/** What the histogram costs; nothing where there is none. */
export function histogramUses(
  config: Pick<FedcctrSettings, "request" | "histogram">,
): readonly Uses[] {
  return releasesHistogram(config) ? [gaussianUses(config.histogram!.noiseMultiplier)] : [];
}

export type CentralConfig = Extract<UpdatePrivacyConfig, { readonly kind: "central" }>;

export interface CentralPlan {
  /** z of the noise on each round's sum. */
  readonly noiseMultiplier: number;
  /** All that the server releases if the training runs to its end: the histogram, and every round. */
  readonly plan: readonly Uses[];
}

/**
 * What a trusted server releases. Where an epsilon is given, the noise of the rounds is the least that keeps
 * them together with the histogram within it. PRIVACY_HISTOGRAM where the histogram alone takes more.
 */
export function centralPlan(
  privacy: CentralConfig,
  config: FedcctrSettings,
  { federation: { rounds } }: Pick<MethodSettings, "federation">,
): CentralPlan {
  const before = histogramUses(config);
  const planOf = (noiseMultiplier: number) => [
    ...before,
    gaussianUses(noiseMultiplier, config.sampling, rounds),
  ];
  const { epsilon, delta } = privacy;
  let { noiseMultiplier } = privacy;
  if (noiseMultiplier === undefined) {
    if (epsilon === undefined)
      throw new RangeError("privacy: neither noiseMultiplier nor epsilon is given");
    const accountant = accountants[privacy.accountant];
    const alone = accountant.epsilon(before, delta);
    if (before.length > 0 && alone >= epsilon)
      throw new AtollError(
        "PRIVACY_HISTOGRAM",
        `histogram.noiseMultiplier ${config.histogram!.noiseMultiplier} costs epsilon ${alone.toFixed(3)}, which leaves nothing of ${epsilon} for the training; raise it, or raise privacy.epsilon`,
      );
    noiseMultiplier = noiseMultiplierFor({ accountant, epsilon, delta, uses: planOf });
  }
  return { noiseMultiplier, plan: planOf(noiseMultiplier) };
}

/** Bound on norms as a number; Infinity: none. Bounds that follow norms are refused by the experiment's checks. */
export function boundOf(privacy: PrivacyConfig): number {
  if (privacy.kind === "none" || privacy.clipNorm === "infinity") return Infinity;
  if (typeof privacy.clipNorm === "object")
    throw new RangeError("fedcctr: clipNorm follows a quantile, which it does not know");
  return privacy.clipNorm;
}

/**
 * Share of the bound that updates are not clipped to but left to rounding: 2^-10 for norms and factors in single
 * precision, 2^-19 for each unit of a sum in it, as for DP-SGD, and 2^-23 for each client of a round, whose sum
 * travels in single precision.
 */
export function sumReserve({
  chunk,
  expectedClients,
}: {
  readonly chunk: number;
  readonly expectedClients: number;
}): number {
  return 2 ** -10 + chunk * 2 ** -19 + expectedClients * 2 ** -23;
}
