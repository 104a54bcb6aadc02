import type { ClientContext } from "../../../federation/client-context.ts";
import { addGaussian, type Adjacency, type UpdatePrivacyConfig } from "../../../privacy/index.ts";
import { servicesOf } from "../../stages/privacy/account.ts";
import { releaseName } from "../../stages/privacy/release-name.ts";
import type { FedcctrSettings } from "../config.ts";
import { clientAccounts } from "./client-accounts.ts";
import { unitOf } from "./plan.ts";
import type { UserProtection } from "./types.ts";

/** Noise that clients add by themselves, each to its own update. */
export interface ClientsNoise {
  /** What leaves, in words. */
  readonly what: string;
  readonly adjacency: Adjacency;
  /** Most that a client may spend. */
  readonly epsilon: number;
  /** Noise multiplier that a client is charged for a round. */
  readonly chargedNoise: (round: number) => number;
  /** Deviation of a client's own noise over `chargedNoise` times the bound. */
  readonly clientNoise: number;
  /** Whether what the formula for sampling gives is reported beside. */
  readonly amplifies: boolean;
  /** C; Infinity: nothing is clipped. */
  readonly bound: number;
}

/**
 * Simulated clients that keep accounts of their own and add their own noise. Of m clients the noises are drawn
 * as one, N(0, m s^2) where each has N(0, s^2): sums of single draws have that distribution, and nobody sees
 * less than the sum but the client itself.
 */
export function clientsProtection(
  context: ClientContext,
  noise: ClientsNoise,
  {
    privacy,
    config,
    bound,
  }: {
    readonly privacy: UpdatePrivacyConfig;
    readonly config: FedcctrSettings;
    readonly bound: number | undefined;
  },
): UserProtection {
  const services = servicesOf(`client ${context.name}`, context);
  const accounts = clientAccounts(services, {
    ...noise,
    delta: privacy.delta,
    unit: unitOf(config),
    ...(noise.amplifies && config.sampling < 1 && { samplingRate: config.sampling }),
  });
  const deviationOf = (round: number): number => {
    const multiplier = noise.chargedNoise(round);
    return multiplier === 0 ? 0 : multiplier * noise.clientNoise * noise.bound;
  };
  return {
    bound,
    admit: (clients, { round, model }) =>
      accounts.admit(clients, {
        stage: "train",
        round,
        what: noise.what,
        noiseMultiplier: noise.chargedNoise(round),
        drawn: true,
        id: releaseName(services, {
          round,
          settings: ["fedcctr", privacy.kind, deviationOf(round)],
          arrays: { model },
        }).id,
      }),
    release: async (sum, { round, clients }) => {
      const deviation = deviationOf(round) * Math.sqrt(clients);
      if (deviation === 0) return;
      const name = releaseName(services, {
        round,
        settings: ["fedcctr", privacy.kind, deviation],
        arrays: { sum },
      });
      addGaussian(sum, deviation, name.noise("sum"));
    },
    retired: accounts.retired,
    save: accounts.save,
    load: accounts.load,
  };
}
