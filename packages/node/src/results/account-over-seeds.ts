import type { AccountExport, Spent } from "@atoll/core/privacy";
import { releasedIn, type PartyAccount } from "../ledger/index.ts";
import type { PrivacyResult } from "./privacy-schema.ts";

type AccountResult = PrivacyResult["accounts"][string];
type Round = AccountResult["byRound"][number];

/** Points of a curve; the ledger has all of them. */
const MOST_ROUNDS = 100;

/**
 * What one party spent, as the greatest over seeds: in all, and after each round in which some seed released
 * something. A seed without a release in a round counts there with what it had spent until then.
 */
export function accountOverSeeds(seeds: readonly PartyAccount[]): AccountResult {
  const clients = Math.max(...seeds.map((account) => account.clients ?? 0));
  const perSeed = seeds.map(lastOfRounds);
  const soFar: (Spent | undefined)[] = perSeed.map(() => undefined);
  const byRound = inOrder(perSeed).map(({ stage, round }): Round => {
    for (const [s, own] of perSeed.entries())
      soFar[s] = own.get(keyOf({ stage, round }))?.spentAfter ?? soFar[s];
    return { stage, round, ...greatest(soFar.filter((spent) => spent !== undefined)) };
  });
  return {
    ...greatest(seeds.map(({ spent }) => spent)),
    releases: Math.max(...seeds.map(releasesOf)),
    ...(clients > 0 && { clients }),
    // Rounds of which one seed says nothing would have a greatest epsilon that is none.
    byRound: seeds.some(({ totals }) => totals !== undefined) ? [] : thinned(byRound),
  };
}

function releasesOf(account: PartyAccount): number {
  return releasedIn(account).reduce((sum, { releases }) => sum + releases, 0);
}

type Entry = AccountExport["charges"][number];
type Rounds = ReadonlyMap<string, Entry>;

function keyOf({ stage, round }: Pick<Entry, "stage" | "round">): string {
  return JSON.stringify([stage, round]);
}

/** The last charge of each round. */
function lastOfRounds({ charges }: AccountExport): Rounds {
  return new Map(charges.map((entry) => [keyOf(entry), entry]));
}

/** Every round of some seed once: stages as they first come, rounds by number. */
function inOrder(perSeed: readonly Rounds[]): Entry[] {
  const rounds = [...new Map(perSeed.flatMap((own) => [...own])).values()];
  const stages = [...new Set(rounds.map(({ stage }) => stage))];
  return stages.flatMap((stage) =>
    rounds.filter((entry) => entry.stage === stage).toSorted((a, b) => a.round - b.round),
  );
}

/** Evenly spaced ones where there are too many, the last always among them. */
function thinned(rounds: readonly Round[]): Round[] {
  if (rounds.length <= MOST_ROUNDS) return [...rounds];
  const step = (rounds.length - 1) / (MOST_ROUNDS - 1);
  return Array.from({ length: MOST_ROUNDS }, (_, i) => rounds[Math.round(i * step)]!);
}

function greatest(spent: readonly Spent[]): Pick<AccountResult, keyof Spent> {
  const most = (name: keyof Spent) => {
    const values = spent.flatMap((one) => one[name] ?? []);
    return values.length === 0 ? {} : { [name]: inJson(Math.max(...values)) };
  };
  return {
    epsilon: inJson(Math.max(...spent.map(({ epsilon }) => epsilon))),
    ...most("unamplified"),
    ...most("amplified"),
  };
}

/** An epsilon as result.json writes it. */
export function inJson(epsilon: number): number | "infinity" {
  return epsilon === Infinity ? "infinity" : epsilon;
}
