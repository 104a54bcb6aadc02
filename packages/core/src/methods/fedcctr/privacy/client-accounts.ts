import { AtollError } from "../../../errors/index.ts";
import type { Account, Adjacency, Charge, PrivacyServices, Unit } from "../../../privacy/index.ts";
import { gaussianUses } from "./plan.ts";

export interface ClientAccountsOptions {
  readonly unit: Unit;
  readonly adjacency: Adjacency;
  /** Each client's budget; Infinity: counted only. */
  readonly epsilon: number;
  readonly delta: number;
  /** With which clients are drawn, where `amplified` is to be said beside. */
  readonly samplingRate?: number;
}

/** One release of many clients, each of its own. */
export interface ClientsRelease {
  readonly stage: string;
  readonly round: number;
  readonly what: string;
  readonly noiseMultiplier: number;
  /** Whether clients were drawn for it; else all took part. */
  readonly drawn: boolean;
  /** The same in every client's account. */
  readonly id: string;
}

/** Accounts of simulated clients, one for each, by number. */
export interface ClientAccounts {
  /** Charges a release to each of these clients; those that have paid. The others retire for good. */
  readonly admit: (clients: Int32Array, release: ClientsRelease) => Promise<Int32Array>;
  readonly retired: () => number;
  readonly save: () => Readonly<Record<string, unknown>>;
  readonly load: (saved: Readonly<Record<string, unknown>>) => void;
}

interface Last {
  readonly round: number;
  readonly first: number;
}

/**
 * Accounts are opened when a client is drawn for the first time, under the party's name and the client's
 * number. They are zCDP filters: noise without sampling costs there what the best of all orders gives, whatever
 * decides who is drawn, and an account stays small however many rounds there are. All charges of a round are
 * asked for together, so that a ledger may write them at once.
 */
export function clientAccounts(
  { ledger, accountName, run }: PrivacyServices,
  { unit, adjacency, epsilon, delta, samplingRate }: ClientAccountsOptions,
): ClientAccounts {
  const opened = new Map<number, Promise<Account>>();
  const retired = new Set<number>();
  /** By client, the round of its last release, and the first one that `amplified` counts there. */
  const last = new Map<number, Last>();

  const accountOf = (client: number): Promise<Account> => {
    let account = opened.get(client);
    if (account === undefined) {
      account = ledger.account(`${accountName}/${client}`, {
        epsilon,
        delta,
        accountant: "rdp",
        adaptivity: { kind: "zcdp-filter" },
      });
      opened.set(client, account);
    }
    return account;
  };

  const chargeOf = (
    client: number,
    { id, stage, round, what, noiseMultiplier, drawn }: ClientsRelease,
  ): Charge => ({
    id,
    run,
    stage,
    round,
    what,
    unit,
    adjacency,
    uses: gaussianUses(noiseMultiplier),
    // Noise only falls: the last of these rounds had the least.
    ...(samplingRate !== undefined &&
      drawn && {
        amplified: gaussianUses(noiseMultiplier, samplingRate, round + 1 - firstOf(client, round)),
      }),
  });

  const firstOf = (client: number, round: number): number => {
    const entry = last.get(client);
    if (entry === undefined) return 0;
    return entry.round === round ? entry.first : entry.round + 1;
  };

  const pays = async (client: number, release: ClientsRelease): Promise<boolean> => {
    const account = await accountOf(client);
    const answer = await account.charge([chargeOf(client, release)]);
    if (answer.kind !== "refused") return true;
    if (answer.code !== "PRIVACY_BUDGET") throw new AtollError(answer.code, answer.why);
    return false;
  };

  return {
    admit: async (clients, release) => {
      const able = clients.filter((client) => !retired.has(client));
      const paid = await Promise.all(Array.from(able, (client) => pays(client, release)));
      return able.filter((client, i) => {
        if (!paid[i]!) retired.add(client);
        else if (release.drawn)
          last.set(client, { round: release.round, first: firstOf(client, release.round) });
        return paid[i]!;
      });
    },
    retired: () => retired.size,
    save: () => ({
      retired: [...retired],
      last: [...last].flatMap(([client, { round, first }]) => [client, round, first]),
    }),
    load: (saved) => {
      retired.clear();
      last.clear();
      for (const client of saved["retired"] as readonly number[]) retired.add(client);
      const numbers = saved["last"] as readonly number[];
      for (let i = 0; i < numbers.length; i += 3)
        last.set(numbers[i]!, { round: numbers[i + 1]!, first: numbers[i + 2]! });
    },
  };
}
