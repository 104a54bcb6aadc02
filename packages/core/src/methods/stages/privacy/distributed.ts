import { AtollError } from "../../../errors/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import type { WireArray } from "../../../federation/types.ts";
import {
  addModular,
  clip,
  decodeModular,
  discreteGaussian,
  distributedNoiseMultiplier,
  encodeModular,
  noiseShare,
  type Account,
  type NoiseShare,
  type UpdatePrivacyConfig,
  type Uses,
} from "../../../privacy/index.ts";
import { openAccount, refusalOf, servicesOf } from "./account.ts";
import { asOne, nothing, type ServerJoin } from "./join.ts";
import {
  dimensionOf,
  learnedPart,
  lengthChecked,
  movedBy,
  movementOf,
  type MovementSettings,
} from "./movement.ts";
import type { ClientProtection } from "./protection.ts";
import { releaseName } from "./release-name.ts";
import { clientsOf } from "./request.ts";

type DistributedConfig = Extract<UpdatePrivacyConfig, { readonly kind: "distributed" }>;

/**
 * Each client clips the movement of all its arrays together, rounds it onto a grid, adds its share of the noise
 * in whole steps, and sends integers modulo 2^bits. Charged, before it is sent, at what the sum of
 * `minimumClients` shares costs: the promise is about sums of as many, and holds against who sees no less.
 */
export async function distributedProtection(
  context: ClientContext,
  config: DistributedConfig,
  { settings: { federation }, exchange: { padding } }: MovementSettings,
): Promise<ClientProtection> {
  const services = servicesOf(`client ${context.name}`, context);
  const { bits, clipNorm, minimumClients } = config;
  let account: Promise<Account> | undefined;

  return {
    before: async () => ({ kind: "granted" }),
    release: async (request, arrays) => {
      const { round } = request;
      const share = noiseShare({ ...config, clients: clientsOf(request) });
      const uses = usesOf(config, share, dimensionOf(request.arrays, padding));
      account ??= openAccount(services, {
        config,
        plan: [{ ...uses, count: federation.rounds }],
      });
      const movement = movementOf(context.name, request.arrays, arrays);
      clip(movement, { bound: clipNorm });
      const name = releaseName(services, {
        round,
        settings: ["distributed", share, bits],
        arrays: movement,
      });
      const refused = await refusalOf(await account, {
        id: name.id,
        run: services.run,
        stage: "train",
        round,
        what: `the client's part of a sum that is released with ${minimumClients} parts or more`,
        unit: "client",
        adjacency: "add-remove",
        uses,
      });
      if (refused) return refused;
      const addNoise =
        share.sigma > 0 ? discreteGaussian(name.noise("share"), share.sigma) : undefined;
      const encoded: Record<string, WireArray> = {};
      for (const [array, { shape }] of Object.entries(request.arrays).sort(byName))
        encoded[array] = {
          shape,
          data: encodeModular(movement[array]!, {
            step: share.step,
            bits,
            addNoise: (integers) => addNoise?.(learnedPart(integers, array, padding)),
          }),
        };
      return { kind: "released", arrays: encoded };
    },
  };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function usesOf(
  { clipNorm, minimumClients }: DistributedConfig,
  share: NoiseShare,
  dimension: number,
): Uses {
  const noiseMultiplier = distributedNoiseMultiplier({
    ...share,
    clipNorm,
    minimumClients,
    dimension,
  });
  return { mechanism: { kind: "discrete-gaussian", noiseMultiplier }, count: 1 };
}

/**
 * Adds up what clients sent, modulo 2^bits, and divides by how many they are: their mean movement with the
 * noise of all. Fewer answers than `minimumClients` have too little noise: the round changes nothing.
 */
export function distributedJoin(config: DistributedConfig, numClients: number): ServerJoin {
  const { bits, minimumClients } = config;
  const { step } = noiseShare({ ...config, clients: numClients });
  return {
    join: async ({ global, updates }) => {
      if (updates.length < minimumClients) return nothing;
      const mean = Object.fromEntries(
        Object.entries(global).map(
          ([
            name,
            {
              data: { length },
            },
          ]) => {
            const sum = new Int32Array(length);
            for (const { client, arrays } of updates) {
              const data = lengthChecked(client, { name, array: arrays[name], length });
              if (!(data instanceof Int32Array))
                throw new AtollError(
                  "UPDATE_INVALID",
                  `client "${client}": array "${name}" is a ${data.constructor.name}, integers modulo 2^${bits} are needed; run the same version everywhere`,
                );
              addModular(sum, data, bits);
            }
            const values = decodeModular(sum, { step, bits });
            for (let i = 0; i < length; i++) values[i]! /= updates.length;
            return [name, values];
          },
        ),
      );
      return asOne(movedBy(global, mean));
    },
  };
}
