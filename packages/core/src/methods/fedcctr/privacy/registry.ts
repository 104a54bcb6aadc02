import type { ClientContext } from "../../../federation/client-context.ts";
import type { ServerContext } from "../../../federation/stage.ts";
import type { MethodSettings } from "../../types.ts";
import type { FedcctrSettings } from "../config.ts";
import { centralSum } from "./central.ts";
import { clientsProtection } from "./clients.ts";
import { distributedNoise, distributedSum } from "./distributed.ts";
import { localNoise } from "./local.ts";
import { boundOf, sumReserve } from "./plan.ts";
import type { SumProtection, UserProtection } from "./types.ts";

/** What a promise of fedcctr depends on beside its settings. */
export interface FedcctrPrivacy {
  readonly config: FedcctrSettings;
  /** Of all shards together. */
  readonly numClients: number;
}

/** Of clients that add nothing by themselves: none is promised, or the server keeps the promise. */
function unprotected(bound: number | undefined): UserProtection {
  return {
    bound,
    admit: async (clients) => clients,
    release: async () => {},
    retired: () => 0,
    save: () => ({}),
    load: () => {},
  };
}

/** The part of a promise that is kept where users are simulated. */
export async function userProtectionOf(
  context: ClientContext,
  settings: MethodSettings,
  { config, numClients }: FedcctrPrivacy,
): Promise<UserProtection> {
  const { privacy } = settings;
  const given = boundOf(privacy);
  const reserve = sumReserve({
    chunk: config.chunk,
    expectedClients: config.sampling * numClients,
  });
  const bound = given === Infinity ? undefined : given * (1 - reserve);
  switch (privacy.kind) {
    case "none":
    case "central":
      return unprotected(bound);
    case "local":
      return clientsProtection(context, localNoise(privacy), { privacy, config, bound });
    case "distributed":
      return clientsProtection(context, distributedNoise(privacy), { privacy, config, bound });
    case "dp-sgd":
      throw new RangeError("fedcctr knows no dp-sgd: its unit is a client");
  }
}

/** The server's part of a promise. */
export function sumProtectionOf(
  context: ServerContext,
  settings: MethodSettings,
  { config, numClients }: FedcctrPrivacy,
): SumProtection {
  const { privacy } = settings;
  switch (privacy.kind) {
    case "none":
    case "local":
      return { publish: async () => ({ kind: "published" }) };
    case "central":
      return centralSum(context, privacy, { config, settings });
    case "distributed":
      return distributedSum(privacy, { sampling: config.sampling, numClients });
    case "dp-sgd":
      throw new RangeError("fedcctr knows no dp-sgd: its unit is a client");
  }
}
