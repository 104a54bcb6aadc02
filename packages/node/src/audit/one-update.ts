import { encode, FIRST_VALUE_ROW } from "@atoll/core/data";
import type { Message } from "@atoll/core/federation";
import { usesOf } from "@atoll/core/methods";
import {
  decodeModular,
  itemMembership,
  noiseShare,
  rowMovements,
  type ItemMembership,
  type PrivacyConfig,
} from "@atoll/core/privacy";
import type { PlannedMethod } from "../runs/plan.ts";
import { firstRound, type UpdateOptions } from "./first-round.ts";
import { withoutLedger } from "./own-accounts.ts";
import type { ItemResult } from "./result.ts";

/** By client and shared feature. */
type Leaks = Readonly<Record<string, Readonly<Record<string, ItemMembership>>>>;

/**
 * What the first update of each client gives away about the values that its training rows have: rows of shared
 * tables that moved, once with the method's privacy and once without. Undefined where no table travels.
 */
export async function itemLeaks(
  planned: PlannedMethod,
  options: UpdateOptions,
): Promise<Readonly<Record<string, Record<string, ItemResult>>> | undefined> {
  const { privacy } = planned.settings;
  const none: PrivacyConfig = { kind: "none" };
  const plain = await leaksUnder(none, planned, options);
  if (Object.values(plain).every((features) => Object.keys(features).length === 0))
    return undefined;
  const asRun = privacy.kind === "none" ? undefined : await leaksUnder(privacy, planned, options);
  return Object.fromEntries(
    Object.entries(plain).map(([client, features]) => [
      client,
      Object.fromEntries(
        Object.entries(features).map(([feature, { held, notHeld, ...leak }]) => {
          const own = asRun?.[client]?.[feature];
          const { held: _h, notHeld: _n, ...ownLeak } = own ?? { held, notHeld, guessed: 0 };
          return [feature, { held, notHeld, withoutPrivacy: leak, ...(own && { asRun: ownLeak }) }];
        }),
      ),
    ]),
  );
}

async function leaksUnder(
  privacy: PrivacyConfig,
  planned: PlannedMethod,
  options: UpdateOptions,
): Promise<Leaks> {
  const settings = { ...planned.settings, privacy: withoutLedger(privacy) };
  const round = await firstRound({ ...planned, settings }, options);
  return Object.fromEntries(
    round.map(({ split, request, reply, memory }) => {
      const { data } = encode([split], {
        minCount: settings.minCount,
        common: settings.common,
        ...(memory.vocabularies && { vocabularies: memory.vocabularies }),
      });
      const after = arraysOf(reply, request, settings.privacy, options.splits.length);
      const movements = new Map<string, Float64Array>();
      for (const [name, before] of Object.entries(request.arrays)) {
        const feature = /^table:[^/]+\/(.+)$/.exec(name)?.[1];
        const moved = after[name];
        if (feature === undefined || moved === undefined) continue;
        const own = rowMovements(before.data as Float32Array, moved, before.shape[1]!);
        const known = movements.get(feature);
        // A value has a row in every embedding of its feature: together they are one movement.
        movements.set(feature, known?.map((value, row) => Math.hypot(value, own[row]!)) ?? own);
      }
      const features = [...movements].map(([feature, values]) => {
        const held = Uint8Array.from(usesOf(data, feature), (uses) => Number(uses > 0));
        return [
          feature,
          itemMembership(values.subarray(FIRST_VALUE_ROW), held.subarray(FIRST_VALUE_ROW)),
        ] as const;
      });
      return [split.client, Object.fromEntries(features)];
    }),
  );
}

/** A client's answer as whoever receives it reads it: integers modulo 2^bits are movements. */
function arraysOf(
  reply: Message,
  request: Message,
  privacy: PrivacyConfig,
  numClients: number,
): Readonly<Record<string, Float32Array>> {
  return Object.fromEntries(
    Object.entries(reply.arrays)
      .filter(([name]) => name.startsWith("table:"))
      .map(([name, { data }]) => {
        if (privacy.kind !== "distributed") return [name, data as Float32Array];
        const { step } = noiseShare({ ...privacy, clients: numClients });
        const movement = decodeModular(data as Int32Array, { step, bits: privacy.bits });
        const before = request.arrays[name]!.data;
        return [name, Float32Array.from(movement, (value, i) => before[i]! + value)];
      }),
  );
}
