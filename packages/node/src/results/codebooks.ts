import {
  codeAgreement,
  codebookUse,
  divisionByChance,
  type MarketCodes,
  type StoredCodebook,
  type StoredCodebooks,
} from "@atoll/core/methods";
import { streamOf } from "@atoll/core/random";
import { mean, standardDeviation } from "@atoll/core/stats";
import { examplesOf } from "./codebook-examples.ts";
import type { CodebookPages, CodebookResult } from "./codebook-schema.ts";

type Entity = "item" | "user";
const ENTITIES = ["item", "user"] as const;

/** What every party of a method kept of its codes with one seed, by party. */
export type PartyCodebooks = Readonly<Record<string, StoredCodebooks>>;

/** One entity's codebooks, party by party in the order of their names. */
type Parties = readonly (readonly [party: string, codebook: StoredCodebook])[];

function partiesWith(parties: PartyCodebooks, entity: Entity): Parties {
  return Object.keys(parties)
    .sort()
    .flatMap((party) => {
      const codebook = parties[party]!.entities[entity];
      return codebook === undefined ? [] : [[party, codebook] as const];
    });
}

/** Codes of the first level, market by market. */
function firstLevel(parties: Parties): MarketCodes[] {
  return parties.map(([market, { values, codes, levels }]) => ({
    market,
    values,
    codes: codes.filter((_, at) => at % levels.length === 0),
  }));
}

/** One table for all where the first level is the federation's; else everybody's numbers are their own. */
function commonCodes(parties: Parties): number | undefined {
  const [first] = parties.map(([, { levels }]) => levels[0]!);
  return first?.kind === "global" ? first.numCodes : undefined;
}

/**
 * The codebooks of one method over its seeds: means, and how far the alignment varies. `identical` names
 * the entities whose raw values mean the same thing in every market.
 */
export function describeCodebooks(
  seeds: readonly PartyCodebooks[],
  identical: readonly Entity[],
): CodebookResult | undefined {
  const described = ENTITIES.flatMap((entity) => {
    const perSeed = seeds.map((parties) => partiesWith(parties, entity));
    const [first] = perSeed;
    if (first === undefined || perSeed.some((parties) => parties.length === 0)) return [];
    const agreements = identical.includes(entity)
      ? perSeed.flatMap((parties) => codeAgreement(firstLevel(parties)) ?? [])
      : [];
    const uses = perSeed.flatMap((parties, seed) => {
      const codes = commonCodes(parties);
      if (codes === undefined) return [];
      const markets = firstLevel(parties);
      const { union, division } = codebookUse(markets, codes);
      const stream = streamOf(seed, "codebooks", "division", entity);
      return [{ union, division, byChance: divisionByChance(markets, codes, stream) }];
    });
    const ratios = agreements.flatMap(({ ratio }) => ratio ?? []);
    const clients = first.map(([party, { levels }]) => {
      const own = perSeed.flatMap((parties) => {
        const found = parties.find(([name]) => name === party);
        return found === undefined ? [] : [found[1]];
      });
      const byLevel = (values: (codebook: StoredCodebook) => readonly number[]) =>
        levels.map((_, level) => mean(own.map((codebook) => values(codebook)[level]!)));
      return [
        party,
        {
          entities: mean(own.map(codedEntities)),
          codes: levels.map(({ numCodes }) => numCodes),
          usage: byLevel(({ metrics }) => metrics.usage),
          perplexity: byLevel(({ metrics }) => metrics.perplexity),
          collisionRate: mean(own.map(({ metrics }) => metrics.collisionRate)),
          reconstruction: mean(own.map(({ metrics }) => metrics.reconstruction)),
        },
      ] as const;
    });
    return [
      [
        entity,
        {
          levels: first[0]![1].levels.map(({ kind }) => kind),
          clients: Object.fromEntries(clients),
          ...(uses.length > 0 && {
            common: {
              union: spread(uses.map(({ union }) => union)),
              division: spread(uses.map(({ division }) => division)),
              byChance: spread(uses.map(({ byChance }) => byChance)),
            },
          }),
          ...(agreements.length > 0 && {
            agreement: {
              same: spread(agreements.map(({ same }) => same)),
              chance: spread(agreements.map(({ chance }) => chance)),
              ...(ratios.length > 0 && { ratio: spread(ratios) }),
              entities: mean(agreements.map(({ entities }) => entities)),
              comparisons: mean(agreements.map(({ comparisons }) => comparisons)),
            },
          }),
        },
      ] as const,
    ];
  });
  return described.length === 0 ? undefined : Object.fromEntries(described);
}

/** What a page shows of one seed beyond the result's means. */
export function pageOf(
  parties: PartyCodebooks,
  identical: readonly Entity[],
): CodebookPages["methods"][string] | undefined {
  const entities = ENTITIES.flatMap((entity) => {
    const own = partiesWith(parties, entity);
    if (own.length === 0) return [];
    const codes = commonCodes(own);
    const markets = firstLevel(own);
    const agreement = identical.includes(entity) ? codeAgreement(markets) : undefined;
    const use = codes === undefined ? undefined : codebookUse(markets, codes);
    return [
      [
        entity,
        {
          ...(use !== undefined && {
            uses: Object.fromEntries(own.map(([party], i) => [party, [...use.counts[i]!]])),
          }),
          errorByRound: Object.fromEntries(
            own.map(([party, { errorByRound }]) => [party, [...errorByRound]]),
          ),
          ...(agreement !== undefined && { pairs: agreement.pairs.map(plainPair) }),
          // Users are people: their ids stay where they are.
          ...(entity === "item" && use !== undefined && { examples: examplesOf(own, use) }),
        },
      ] as const,
    ];
  });
  if (entities.length === 0) return undefined;
  return { entities: Object.fromEntries(entities), releases: releasesOf(parties) };
}

function plainPair({ markets, ...rest }: { readonly markets: readonly [string, string] } & Shares) {
  return { markets: [...markets] as [string, string], ...rest };
}

interface Shares {
  readonly entities: number;
  readonly same: number;
  readonly chance: number;
}

/** All releases of a party about one kind of entity, with what they cost together. */
function releasesOf(parties: PartyCodebooks) {
  return Object.keys(parties)
    .sort()
    .flatMap((client) =>
      ENTITIES.flatMap((entity) => {
        const own = parties[client]!.releases.filter((release) => release.entity === entity);
        const last = own.at(-1);
        if (last === undefined) return [];
        const { mechanism, sensitivity, noiseMultiplier, delta } = last;
        const epsilon = Math.max(...own.map((release) => release.epsilon));
        const cost = { mechanism, sensitivity, noiseMultiplier, delta, epsilon };
        return [{ client, entity, count: own.length, ...cost }];
      }),
    );
}

function codedEntities({ codes, levels }: StoredCodebook): number {
  let count = 0;
  for (let at = 0; at < codes.length; at += levels.length) if (codes[at]! >= 0) count += 1;
  return count;
}

function spread(values: readonly number[]): { mean: number; sd: number } {
  return { mean: mean(values), sd: standardDeviation(values) };
}
