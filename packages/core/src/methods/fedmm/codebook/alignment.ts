import { shuffle, type RandomStream } from "../../../random/index.ts";

/** Codes that one market gave to its entities on one level; the market's own view, whole. */
export interface MarketCodes {
  readonly market: string;
  /** Raw values, each once. */
  readonly values: readonly string[];
  /** [values]; -1 for those without a code. */
  readonly codes: ArrayLike<number>;
}

/** How often two markets give the same code to an entity that both hold. */
export interface PairAgreement {
  readonly markets: readonly [string, string];
  /** Entities that both hold and both have a code for. */
  readonly entities: number;
  /** Share of these with equal codes. */
  readonly same: number;
  /** That share if codes had nothing to do with each other: sum_k p_a(k) p_b(k), on these entities. */
  readonly chance: number;
}

export interface Agreement {
  /** Pairs of markets with an entity in common, in the order of their markets. */
  readonly pairs: readonly PairAgreement[];
  /** Different entities that two or more markets hold. */
  readonly entities: number;
  /** Entities of all pairs, one that three markets hold counted three times. */
  readonly comparisons: number;
  /** Means over all comparisons. */
  readonly same: number;
  readonly chance: number;
  /** same / chance; undefined where no two markets share a code, so that chance is 0. */
  readonly ratio: number | undefined;
}

/**
 * Whether equal codes mean equal things: over entities whose raw value stands in both markets of a pair, how
 * often their codes are equal, against what the same codes in random order would give. Pooled over pairs,
 *
 *   same = sum_pairs n_ab same_ab / sum_pairs n_ab,   chance likewise,   ratio = same / chance.
 *
 * It looks into all markets at once: for simulations only, no party of a federation could compute it.
 * Undefined where no two markets hold the same entity.
 */
export function codeAgreement(markets: readonly MarketCodes[]): Agreement | undefined {
  const sorted = markets.toSorted((a, b) => (a.market < b.market ? -1 : 1));
  const codeOf = sorted.map(
    ({ values, codes }) =>
      new Map(values.flatMap((value, i) => (codes[i]! < 0 ? [] : [[value, codes[i]!] as const]))),
  );
  const held = new Set<string>();
  const pairs: PairAgreement[] = [];
  for (let a = 0; a < sorted.length; a++)
    for (let b = a + 1; b < sorted.length; b++) {
      const common = [...codeOf[a]!].flatMap(([value, code]) => {
        const other = codeOf[b]!.get(value);
        if (other === undefined) return [];
        held.add(value);
        return [[code, other] as const];
      });
      if (common.length === 0) continue;
      const equal = common.filter(([one, other]) => one === other).length;
      pairs.push({
        markets: [sorted[a]!.market, sorted[b]!.market],
        entities: common.length,
        same: equal / common.length,
        chance: chanceOf(common),
      });
    }
  if (pairs.length === 0) return undefined;
  const comparisons = pairs.reduce((sum, { entities }) => sum + entities, 0);
  const pooled = (share: (pair: PairAgreement) => number) =>
    pairs.reduce((sum, pair) => sum + pair.entities * share(pair), 0) / comparisons;
  const same = pooled((pair) => pair.same);
  const chance = pooled((pair) => pair.chance);
  return {
    pairs,
    entities: held.size,
    comparisons,
    same,
    chance,
    ratio: chance > 0 ? same / chance : undefined,
  };
}

/** sum_k p_a(k) p_b(k) of the pairs' first and second codes. */
function chanceOf(pairs: readonly (readonly [number, number])[]): number {
  const [first, second] = [countsOf(pairs.map(([a]) => a)), countsOf(pairs.map(([, b]) => b))];
  let sum = 0;
  for (const [code, count] of first) sum += count * (second.get(code) ?? 0);
  return sum / pairs.length ** 2;
}

function countsOf(codes: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/** How one common codebook is shared out among markets. */
export interface CodebookUse {
  /** [markets][codes]: entities by code. */
  readonly counts: readonly Float64Array[];
  /** exp of the entropy of each market's shares; 0 for a market without codes. */
  readonly perplexity: readonly number[];
  /** The same of all markets' entities together. */
  readonly union: number;
  /**
   * As how many separate codebooks the markets use this one: exp of the Jensen-Shannon divergence of their
   * shares, each market counted alike (J. Lin 1991). 1 where all use the same codes equally often, the
   * number of markets where no code is used by two of them, however well used it looks as a whole. Few
   * entities per code raise it by chance: see `divisionByChance`.
   */
  readonly division: number;
}

/** Counts uses of a codebook of `numCodes` rows that all these markets have in common. */
export function codebookUse(
  markets: readonly Pick<MarketCodes, "codes">[],
  numCodes: number,
): CodebookUse {
  const counts = markets.map(({ codes }) => {
    const own = new Float64Array(numCodes);
    for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0) own[codes[i]!]! += 1;
    return own;
  });
  const together = new Float64Array(numCodes);
  const mixture = new Float64Array(numCodes);
  const present = counts.filter((own) => own.some((count) => count > 0));
  for (const own of present) {
    const total = sumOf(own);
    own.forEach((count, code) => {
      together[code]! += count;
      mixture[code]! += count / total / present.length;
    });
  }
  const within = present.reduce((sum, own) => sum + entropyOf(own) / present.length, 0);
  return {
    counts,
    perplexity: counts.map(perplexityOf),
    union: perplexityOf(together),
    division: present.length === 0 ? 0 : Math.exp(Math.max(0, entropyOf(mixture) - within)),
  };
}

/**
 * The division that markets of these sizes had if they all drew from what they hold together: the mean over
 * `draws` random ways to deal out all codes anew.
 */
export function divisionByChance(
  markets: readonly Pick<MarketCodes, "codes">[],
  numCodes: number,
  stream: RandomStream,
  draws = 5,
): number {
  const own = markets.map(({ codes }) => Array.from(codes).filter((code) => code >= 0));
  const all = Int32Array.from(own.flat());
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    shuffle(stream, all);
    let from = 0;
    const dealt = own.map(({ length }) => ({ codes: all.subarray(from, (from += length)) }));
    sum += codebookUse(dealt, numCodes).division / draws;
  }
  return sum;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function entropyOf(counts: Float64Array): number {
  const total = sumOf(counts);
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / total) * Math.log(count / total);
  return entropy;
}

function perplexityOf(counts: Float64Array): number {
  return sumOf(counts) === 0 ? 0 : Math.exp(entropyOf(counts));
}
