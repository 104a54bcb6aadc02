import type { ServerContext } from "../../../federation/stage.ts";
import { addGaussian, type Account } from "../../../privacy/index.ts";
import { openAccount, refusalOf, servicesOf } from "../../stages/privacy/account.ts";
import { releaseName } from "../../stages/privacy/release-name.ts";
import type { MethodSettings } from "../../types.ts";
import type { FedcctrSettings } from "../config.ts";
import { boundOf, centralPlan, gaussianUses, unitOf, type CentralConfig } from "./plan.ts";
import type { SumProtection } from "./types.ts";

export interface CentralOptions {
  readonly config: FedcctrSettings;
  readonly settings: Pick<MethodSettings, "federation">;
}

/** The server's account: one plan of all that is released, whichever stage releases it. */
export function centralAccount(
  context: ServerContext,
  privacy: CentralConfig,
  { config, settings }: CentralOptions,
): Promise<Account> {
  const { plan } = centralPlan(privacy, config, settings);
  return openAccount(servicesOf("server", context), { config: privacy, plan });
}

/**
 * The server is trusted: to the sum of updates, each clipped to C where it was made, it adds noise of deviation
 * z C before anything follows from it. Each round is charged as the sampled Gaussian mechanism at the rate with
 * which clients take part, each by itself and in secret.
 */
export function centralSum(
  context: ServerContext,
  privacy: CentralConfig,
  { config, settings }: CentralOptions,
): SumProtection {
  const services = servicesOf("server", context);
  const { noiseMultiplier } = centralPlan(privacy, config, settings);
  const bound = boundOf(privacy);
  if (noiseMultiplier > 0 && bound === Infinity)
    throw new RangeError("privacy: noise on updates without a bound promises nothing");
  const { sampling } = config;
  let account: Promise<Account> | undefined;
  return {
    publish: async (sum, { round }) => {
      const deviation = noiseMultiplier === 0 ? 0 : noiseMultiplier * bound;
      const name = releaseName(services, {
        round,
        settings: ["fedcctr", "central", deviation],
        arrays: { sum },
      });
      const refused = await refusalOf(
        await (account ??= centralAccount(context, privacy, { config, settings })),
        {
          id: name.id,
          run: services.run,
          stage: "train",
          round,
          what: "the sum of the clients' updates",
          unit: unitOf(config),
          adjacency: "add-remove",
          uses: gaussianUses(noiseMultiplier, sampling),
          ...(sampling < 1 && { unamplified: gaussianUses(noiseMultiplier) }),
        },
      );
      if (refused) return refused;
      addGaussian(sum, deviation, name.noise("sum"));
      return { kind: "published" };
    },
  };
}
