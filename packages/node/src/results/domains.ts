import {
  findingsOf,
  overlapOf,
  type DomainDiagnostics,
  type EncoderCosine,
  type RetiredClients,
} from "@atoll/core/methods";
import { mean, standardDeviation } from "@atoll/core/stats";
import { augmentationResultOf, meanAugmentation } from "./domain-augmentation.ts";
import type { DomainsResult } from "./domain-schema.ts";
import type { Twin } from "./domain-twin.ts";

/** What the parties of a method kept with one seed, the one with the representations first. */
export type PartyDomains = readonly DomainDiagnostics[];

/** The diagnostics of one method over its seeds; undefined where no party kept any. */
export function describeDomains(
  seeds: readonly PartyDomains[],
  twin: Twin | undefined,
): DomainsResult | undefined {
  const perSeed = seeds.flatMap(([first]) => first ?? []);
  const [first] = perSeed;
  if (first === undefined) return undefined;
  const cosines = cosinesOf(perSeed.map((diagnostics) => diagnostics.cosines));
  const retired = retiredOf(
    seeds.map((parties) => parties.flatMap((party) => party.retired ?? [])),
  );
  const augmentation = meanAugmentation(perSeed.flatMap((found) => found.augmentation ?? []));
  return {
    encoders: [...first.encoders],
    cosines: cosines.map(({ encoders, users, cosine, others }) => ({
      encoders,
      users,
      cosine,
      ...(others && { others }),
      // Only domains should keep apart; the merged encoder is pulled to all of them.
      ...(encoders[1] !== first.encoders.at(-1) && { overlap: overlapOf(cosine.mean) }),
    })),
    ...(retired && {
      retired: {
        ...retired,
        share: retired.clients === 0 ? 0 : (retired.byRound.at(-1) ?? 0) / retired.clients,
        byRound: [...retired.byRound],
        ...firstOf(retired),
      },
    }),
    ...(augmentation && { augmentation: augmentationResultOf(augmentation, twin) }),
    findings: findingsOf({
      cosines: cosines.map(({ encoders, cosine }) => ({ encoders, mean: cosine.mean })),
      commonUsers: commonUsersOf(perSeed),
      retired,
      augmentation,
      effect: twin,
    }),
  };
}

/** Most over seeds; undefined where none was counted. */
function commonUsersOf(seeds: PartyDomains): number | undefined {
  const counted = seeds.flatMap(({ commonUsers }) => commonUsers ?? []);
  return counted.length === 0 ? undefined : Math.max(...counted);
}

function cosinesOf(seeds: readonly (readonly EncoderCosine[])[]) {
  const byPair = new Map<string, EncoderCosine[]>();
  for (const entry of seeds.flat()) {
    const key = JSON.stringify(entry.encoders);
    byPair.set(key, [...(byPair.get(key) ?? []), entry]);
  }
  return [...byPair.values()].map((entries) => {
    const others = entries.flatMap((entry) => entry.others ?? []);
    return {
      encoders: [...entries[0]!.encoders] as [string, string],
      users: mean(entries.map((entry) => entry.users)),
      cosine: spread(entries.map((entry) => entry.mean)),
      ...(others.length > 0 && { others: spread(others) }),
    };
  });
}

const spread = (values: readonly number[]) => ({
  mean: mean(values),
  sd: values.length > 1 ? standardDeviation(values) : 0,
});

/** Parties of a seed hold different clients: they add up; the mean is over seeds. */
function retiredOf(seeds: readonly (readonly RetiredClients[])[]): RetiredClients | undefined {
  const summed = seeds.flatMap((parties) => {
    if (parties.length === 0) return [];
    const length = Math.max(...parties.map(({ byRound }) => byRound.length));
    return {
      clients: parties.reduce((sum, { clients }) => sum + clients, 0),
      rounds: parties[0]!.rounds,
      byRound: Array.from({ length }, (_, round) =>
        parties.reduce((sum, party) => sum + soFar(party, round), 0),
      ),
    };
  });
  if (summed.length === 0) return undefined;
  const length = Math.max(...summed.map(({ byRound }) => byRound.length));
  return {
    clients: mean(summed.map(({ clients }) => clients)),
    rounds: mean(summed.map(({ rounds }) => rounds)),
    byRound: Array.from({ length }, (_, round) => mean(summed.map((seed) => soFar(seed, round)))),
  };
}

/** Nobody comes back after a training that ended earlier. */
const soFar = ({ byRound }: RetiredClients, round: number) =>
  byRound[Math.min(round, byRound.length - 1)] ?? 0;

function firstOf({ byRound }: RetiredClients): { first?: number } {
  const first = byRound.findIndex((retired) => retired > 0);
  return first < 0 ? {} : { first };
}
