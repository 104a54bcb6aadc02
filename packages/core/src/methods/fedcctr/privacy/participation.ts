import { bytesToHex } from "@noble/hashes/utils.js";
import type { ClientContext } from "../../../federation/client-context.ts";
import { streamOf, type RandomStream } from "../../../random/index.ts";
import { servicesOf } from "../../stages/privacy/account.ts";
import { promises } from "../../stages/privacy/answers.ts";
import type { MethodSettings } from "../../types.ts";

const SECRET_BYTES = 32;

/**
 * What decides whether a client is in a round: a stream of its own, whatever shard it is in. With a promise it
 * follows from the party's secret, which is what sampling amplifies by; else from the seed.
 */
export function participationOf(
  context: Pick<ClientContext, "name" | "seed" | "privacy">,
  { privacy }: Pick<MethodSettings, "privacy">,
): (round: number, client: number) => RandomStream {
  const { seed } = context;
  if (!promises(privacy)) return (round, client) => streamOf(seed, "participation", round, client);
  const services = servicesOf(`client ${context.name}`, context);
  const secret = bytesToHex(services.noise(`participation/${services.run}`)(SECRET_BYTES).slice());
  return (round, client) => streamOf(seed, "participation", secret, round, client);
}
