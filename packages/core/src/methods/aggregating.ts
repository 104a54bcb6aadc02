import type { Strategy } from "../federation/index.ts";
import { federatedStages } from "./stages/federated.ts";
import { method, type MethodDefinition } from "./types.ts";

/** What sets a method apart whose server alone is its own. */
export interface AggregatingMethod<Config extends { readonly kind: string }> extends Pick<
  MethodDefinition<Config>,
  "config" | "summary" | "privacy"
> {
  readonly strategy: (config: Config) => Strategy;
}

/**
 * A federation of the experiment's model: clients train as in FedAvg, and the server joins what they send by the
 * method's strategy.
 */
export function aggregating<Config extends { readonly kind: string }>({
  strategy,
  ...line
}: AggregatingMethod<Config>): MethodDefinition<Config> {
  return method({
    ...line,
    role: "federated",
    parties: "clients",
    trainsModel: true,
    stages: (config, settings) =>
      federatedStages(settings, {
        kind: "federated",
        server: { kind: "one-for-all", strategy: strategy(config) },
        normalisation: "federated",
      }),
  });
}
