import type { ClientContext } from "../../../federation/client-context.ts";
import {
  addGaussian,
  clip,
  decaying,
  type Account,
  type Charge,
  type UpdatePrivacyConfig,
  type Uses,
} from "../../../privacy/index.ts";
import { openAccount, refusalOf, servicesOf } from "./account.ts";
import { samplingRateOf } from "./cohorts.ts";
import { clientsOf } from "./request.ts";
import { learnedPart, movedBy, movementOf, type MovementSettings } from "./movement.ts";
import type { ClientProtection } from "./protection.ts";
import { releaseName } from "./release-name.ts";

type LocalConfig = Extract<UpdatePrivacyConfig, { readonly kind: "local" }>;

/** z_t = max(first R^t, least) by the number of the round, or the first for good. */
export function noiseSchedule({
  mode,
  noiseMultiplier,
  decay,
  leastNoise,
}: LocalConfig): (round: number) => number {
  return mode === "static"
    ? () => noiseMultiplier
    : decaying({ first: noiseMultiplier, decay, least: leastNoise });
}

/** What one round costs. */
function usesOf(noiseMultiplier: number, samplingRate = 1, count = 1): Uses {
  return { mechanism: { kind: "gaussian", noiseMultiplier, samplingRate }, count };
}

/**
 * Each client protects itself (AdaLDP, spec section 3.4): the movement of all its arrays together is clipped
 * to C and gets noise of deviation z_t Delta, Delta being C, or 2 C where another client's data may take the
 * place of its own. Charged at q = 1, for the server sees who takes part, before it is sent; a client that
 * cannot pay any more retires.
 *
 * Where the server draws cohorts secretly (Poisson), `amplified` says what is usually reported of the states
 * that it publishes: the sampled Gaussian mechanism of every round so far, also of those in which the
 * client was not drawn. It rests on nobody telling from the noise of a state how many took part.
 */
export async function localProtection(
  context: ClientContext,
  config: LocalConfig,
  { settings: { federation }, exchange: { padding } }: MovementSettings,
): Promise<ClientProtection> {
  const services = servicesOf(`client ${context.name}`, context);
  const { rounds } = federation;
  const noiseOf = noiseSchedule(config);
  const bound = config.clipNorm === "infinity" ? Infinity : config.clipNorm;
  const sensitivity = config.adjacency === "replace" ? 2 * bound : bound;
  const promises = config.noiseMultiplier > 0;
  if (promises && bound === Infinity)
    throw new RangeError("privacy: noise on movements without a bound promises nothing");
  // What answers may say, and the budget, hang on whether there is noise from the first round on.
  if (config.leastNoise > config.noiseMultiplier)
    throw new RangeError(
      `privacy: leastNoise ${config.leastNoise} is above noiseMultiplier ${config.noiseMultiplier}`,
    );
  const account: Account = await openAccount(services, {
    config,
    plan: Array.from({ length: rounds }, (_, round) => usesOf(noiseOf(round))),
    // Without noise nothing is promised, and there is nothing to keep within a budget.
    ...(promises && { epsilon: config.epsilon }),
  });
  const amplifies = config.adjacency === "add-remove";
  /** Rounds before this one are in `amplified` already. */
  let counted = 0;

  const amplified = (samplingRate: number, round: number): Pick<Charge, "amplified"> =>
    // Noise only falls: the last of these rounds had the least.
    amplifies && samplingRate < 1
      ? { amplified: usesOf(noiseOf(round), samplingRate, round + 1 - counted) }
      : {};

  const chargeOf = (round: number): Omit<Charge, "id" | "what" | "uses"> => ({
    run: services.run,
    stage: "train",
    round,
    unit: "client",
    adjacency: config.adjacency,
  });

  return {
    before: async () => ({ kind: "granted" }),
    release: async (request, arrays) => {
      const { round } = request;
      const noiseMultiplier = noiseOf(round);
      const movement = movementOf(context.name, request.arrays, arrays);
      const within = clip(movement, { bound });
      const deviation = noiseMultiplier === 0 ? 0 : noiseMultiplier * sensitivity;
      const name = releaseName(services, {
        round,
        settings: ["local", deviation],
        arrays: movement,
      });
      const refused = await refusalOf(account, {
        ...chargeOf(round),
        id: name.id,
        what: "the client's noisy movement of everything that travels",
        uses: usesOf(noiseMultiplier),
        ...amplified(samplingRateOf(federation, clientsOf(request)), round),
      });
      if (refused) return refused;
      counted = round + 1;
      if (deviation === 0 && within) return { kind: "released", arrays };
      const noise = name.noise("noise");
      for (const array of Object.keys(movement).sort())
        addGaussian(learnedPart(movement[array]!, array, padding), deviation, noise);
      return { kind: "released", arrays: movedBy(request.arrays, movement) };
    },
    // Rounds in which the client was not drawn any more.
    end: async (request) => {
      const round = request.round - 1;
      const rest = amplified(samplingRateOf(federation, clientsOf(request)), round);
      if (rest.amplified === undefined || counted > round) return;
      const name = releaseName(services, { round: request.round, settings: "end", arrays: {} });
      await refusalOf(account, {
        ...chargeOf(request.round),
        id: name.id,
        what: "nothing: rounds that drew others after the client's last answer",
        uses: usesOf(noiseOf(round), 1, 0),
        ...rest,
      });
      counted = request.round;
    },
    save: () => ({ counted }),
    load: (saved) => {
      counted = saved["counted"] as number;
    },
  };
}
