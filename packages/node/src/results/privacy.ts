import { methodOf, type MethodEntry, type Retired } from "@atoll/core/methods";
import { acrossClients, explainAccount, roundedUp, type PrivacyConfig } from "@atoll/core/privacy";
import { releasedIn, type AccountTotals, type PartyAccount } from "../ledger/index.ts";
import { accountOverSeeds, inJson } from "./account-over-seeds.ts";
import { notCovered, type Surroundings } from "./not-covered.ts";
import type { PrivacyResult } from "./privacy-schema.ts";
import { protects } from "./protects.ts";
import { restoredAccount } from "./restored-account.ts";
import { stoppedEarly } from "./stopped-early.ts";

/** The accounts of one training by party; `server`: the server's own. */
export type TrainingAccounts = Readonly<Record<string, PartyAccount>>;

export interface TrainedMethod {
  readonly entry: Pick<MethodEntry, "name" | "kind">;
  readonly config: PrivacyConfig;
  /** Seed by seed; empty where nobody charged anything. */
  readonly trainings: readonly TrainingAccounts[];
  /** Seed by seed, who stopped early. */
  readonly retired?: readonly (Retired | undefined)[];
}

/** What each method of an experiment promises; those that keep no account are left out. */
export function privacyOfMethods(
  methods: readonly TrainedMethod[],
): ReadonlyMap<string, PrivacyResult> {
  const read = methods.map(({ trainings, ...method }) => ({
    ...method,
    trainings: trainings.map((accounts) =>
      Object.fromEntries(
        Object.entries(accounts).map(([party, account]) => [party, restoredAccount(account)]),
      ),
    ),
  }));
  const having = read.filter(({ trainings }) =>
    trainings.some((accounts) => Object.keys(accounts).length > 0),
  );
  const others = read.filter((method) => !having.includes(method));
  const around: Around = {
    seeds: Math.max(0, ...methods.map(({ trainings }) => trainings.length)),
    privateMethods: having.map(({ entry, config }) => ({ name: entry.name, config })),
    // What a made-up world knows was learnt from no row.
    openMethods: others.flatMap(({ entry }) =>
      entry.kind === "best-possible" ? [] : [entry.name],
    ),
  };
  return new Map(
    having.map(({ entry: { name, kind }, ...method }) => [
      name,
      privacyOfMethod({
        ...method,
        around: { ...around, self: name },
        simulated: methodOf(kind).parties === "population",
      }),
    ]),
  );
}

type Around = Omit<Surroundings, "self" | "amplified" | "sampled" | "simulated">;

interface PrivacyOfMethod {
  readonly config: PrivacyConfig;
  readonly trainings: readonly TrainingAccounts[];
  readonly retired?: TrainedMethod["retired"];
  readonly around: Around & Pick<Surroundings, "self">;
  /** Whether parties simulate clients: nobody is in two of them. */
  readonly simulated: boolean;
}

/** The promise of one method over its seeds: of each account the greatest epsilon. */
function privacyOfMethod({
  config,
  trainings,
  retired = [],
  around,
  simulated,
}: PrivacyOfMethod): PrivacyResult {
  const parties = [...new Set(trainings.flatMap((accounts) => Object.keys(accounts)))].sort();
  const perParty = new Map(
    parties.map((party) => [party, trainings.flatMap((accounts) => accounts[party] ?? [])]),
  );
  const weakest = weakestOf(perParty);
  const neighbours = neighboursOf(config, [...perParty.values()].flat());
  const budgets = [...perParty.values()].flat().map(({ budget }) => budget);
  const cap = Math.max(...budgets.map(({ epsilon }) => epsilon));
  return {
    kind: config.kind === "none" ? "own" : config.kind,
    ...neighbours,
    delta: only(
      "delta",
      budgets.map(({ delta }) => delta),
    ),
    accountant: only(
      "accountant",
      budgets.map(({ accountant }) => accountant),
    ),
    ...(Number.isFinite(cap) && { cap }),
    accounts: Object.fromEntries(
      [...perParty].map(([party, own]) => [party, accountOverSeeds(own)]),
    ),
    ...(parties.length > 1 &&
      neighbours.unit === "user" && { allClients: overClients(config, trainings, simulated) }),
    weakest: weakest.party,
    released: [...releasedIn(weakest.account)],
    words: [
      protects(config),
      ...sharing(config),
      ...ofClients(weakest.account, neighbours),
      ...explained(weakest.account),
      ...stoppedEarly(retired),
    ],
    notCovered: notCovered(config, {
      ...around,
      amplified: weakest.account.spent.amplified !== undefined,
      sampled: weakest.account.spent.unamplified !== undefined,
      simulated,
    }),
  };
}

function weakestOf(perParty: ReadonlyMap<string, readonly PartyAccount[]>): {
  readonly party: string;
  readonly account: PartyAccount;
} {
  return [...perParty]
    .flatMap(([party, own]) => own.map((account) => ({ party, account })))
    .reduce((weakest, other) =>
      other.account.spent.epsilon > weakest.account.spent.epsilon ? other : weakest,
    );
}

function sharing(config: PrivacyConfig): string[] {
  if (!isShared(config)) return [];
  return [
    `The account is one for all trainings that are charged to ${config.ledger}: epsilon is what all of them together had spent when this one ended, not what this one added.`,
  ];
}

/** Simulated clients have an account each, of which the one that has spent most stands for all. */
function ofClients({ clients }: PartyAccount, { unit }: Pick<PrivacyResult, "unit">): string[] {
  if (clients === undefined) return [];
  return [
    `Each ${unit} has an account of its own, ${clients} of them in this party: what follows is about the one that has spent most.`,
  ];
}

/** Of an account whose charges did not come, no more than its totals say. */
function explained(account: PartyAccount): readonly string[] {
  if (account.totals === undefined) return explainAccount(account);
  const { unit, adjacency } = account.totals;
  const { spent, budget } = account;
  const releases = releasedIn(account).reduce((sum, kind) => sum + kind.releases, 0);
  const cap = budget.epsilon === Infinity ? "no cap" : `a cap of ${budget.epsilon}`;
  return [
    `Account "${account.account}": ${releases} releases, too many to be told one by one; the ledger in which they were charged has all of them.`,
    `What is protected is one ${unit} (adjacency ${adjacency}). Epsilon is ${roundedUp(spent.epsilon)} at delta ${budget.delta} (accountant ${budget.accountant}), with ${cap}.`,
  ];
}

/** Over all clients together, of the seed where that is the most. */
function overClients(
  config: PrivacyConfig,
  trainings: readonly TrainingAccounts[],
  simulated: boolean,
): NonNullable<PrivacyResult["allClients"]> {
  const users = simulated ? "disjoint" : config.kind === "none" ? "overlapping" : config.users;
  const perSeed = trainings.map((accounts) => together(Object.values(accounts), config, users));
  return {
    epsilon: inJson(Math.max(...perSeed.map(({ epsilon }) => epsilon))),
    delta: Math.max(...perSeed.map(({ delta }) => delta)),
    users,
  };
}

function together(
  accounts: readonly PartyAccount[],
  config: PrivacyConfig,
  users: "overlapping" | "disjoint",
): { readonly epsilon: number; readonly delta: number } {
  // Of a ledger that other trainings share, the charges here are not all that the accounts have spent: a user
  // in several clients loses no more than the sum. The same holds where charges did not come.
  const isTold = accounts.every(({ totals }) => totals === undefined);
  if (isTold && (!isShared(config) || users === "disjoint")) return acrossClients(accounts, users);
  if (users === "disjoint")
    return {
      epsilon: Math.max(...accounts.map(({ spent }) => spent.epsilon)),
      delta: Math.max(...accounts.map(({ budget }) => budget.delta)),
    };
  return {
    epsilon: accounts.reduce((sum, { spent }) => sum + spent.epsilon, 0),
    delta: accounts.reduce((sum, { budget }) => sum + budget.delta, 0),
  };
}

/** What the charges say; where nothing was released, what the settings would have charged. */
function neighboursOf(
  config: PrivacyConfig,
  accounts: readonly PartyAccount[],
): Pick<PrivacyResult, "unit" | "adjacency"> {
  const charges = accounts.flatMap(
    ({ totals, charges: own }): readonly Pick<AccountTotals, "unit" | "adjacency">[] =>
      totals === undefined ? own : [totals],
  );
  if (charges.length === 0) return plannedNeighbours(config);
  return {
    unit: only(
      "unit",
      charges.map(({ unit }) => unit),
    ),
    adjacency: only(
      "adjacency",
      charges.map(({ adjacency }) => adjacency),
    ),
  };
}

function plannedNeighbours(config: PrivacyConfig): Pick<PrivacyResult, "unit" | "adjacency"> {
  switch (config.kind) {
    case "none":
      return { unit: "vector", adjacency: "add-remove" };
    case "dp-sgd":
      return { unit: config.unit, adjacency: "add-remove" };
    case "local":
      return { unit: "client", adjacency: config.adjacency };
    case "central":
    case "distributed":
      return { unit: "client", adjacency: "add-remove" };
  }
}

/** A promise is about one unit, at one delta: numbers of different ones must not stand side by side. */
function only<Value extends string | number>(name: string, values: readonly Value[]): Value {
  const [first, ...others] = new Set(values);
  if (first === undefined || others.length > 0)
    throw new RangeError(
      `privacyOfMethod: accounts of one method differ in ${name}: ${[...new Set(values)].join(", ")}`,
    );
  return first;
}

function isShared(config: PrivacyConfig): config is WithLedger {
  return config.kind !== "none" && config.ledger !== undefined;
}

type WithLedger = Exclude<PrivacyConfig, { readonly kind: "none" }> & { readonly ledger: string };
