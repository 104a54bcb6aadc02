import type { AccountantName } from "../accounting/index.ts";
import type { Uses } from "../accounting/mechanism.ts";

/** Whom a promise protects: what one neighbouring dataset has more or less. */
export type Unit = "example" | "user" | "client" | "vector";

/** `add-remove`: the unit is there or not; `replace`: it is another one. */
export type Adjacency = "add-remove" | "replace";

/** One release, as it is entered before it is made. */
export interface Charge {
  /** Names the release: the same name again is the same release, with the same noise, and costs nothing. */
  readonly id: string;
  /** Which training of which run, for whoever reads the ledger. */
  readonly run: string;
  readonly stage: string;
  readonly round: number;
  /** What leaves, in words: `the update after 2 passes`. */
  readonly what: string;
  readonly unit: Unit;
  readonly adjacency: Adjacency;
  /** What counts against the budget. */
  readonly uses: Uses;
  /**
   * What else may be said of the same release: against who sees which units took part, where `uses` is
   * amplified by sampling; or with amplification, where `uses` is not.
   */
  readonly unamplified?: Uses;
  readonly amplified?: Uses;
}

/**
 * How parameters of releases may come about.
 *
 * `planned`: all were fixed before the first release; one plan, and every charge has to be part of it.
 * `zcdp-filter`: each may depend on everything released before; Gaussian noise without sampling only.
 * `renyi-filter`: the same with sampling; the order was fixed before the first release.
 */
export type Adaptivity =
  | { readonly kind: "planned"; readonly plan: readonly Uses[] }
  | { readonly kind: "zcdp-filter" }
  | { readonly kind: "renyi-filter"; readonly order: number };

/** What an account may spend in all. It is the account's for good, set when the account is opened. */
export interface Budget {
  /** Infinity: no cap, releases are counted only. */
  readonly epsilon: number;
  readonly delta: number;
  /** By which the account's epsilon is worked out; filters have one of their own. */
  readonly accountant: AccountantName;
  readonly adaptivity: Adaptivity;
}

/** What an account has promised so far, at its delta. */
export interface Spent {
  readonly epsilon: number;
  /** Of the same releases without, and with, amplification by sampling, where charges say so. */
  readonly unamplified?: number;
  readonly amplified?: number;
}

export type ChargeAnswer =
  /** `known`: all of these releases had been charged before. */
  | { readonly kind: "charged" | "known"; readonly spent: Spent }
  /** Nothing was charged, and nothing may leave. */
  | {
      readonly kind: "refused";
      readonly code: "PRIVACY_BUDGET" | "PRIVACY_PLAN" | "PRIVACY_ADAPTIVE";
      /** With the numbers and the way out. */
      readonly why: string;
      readonly spent: Spent;
    };

/** Everything an account knows: plain data, to be exported as it is. */
export interface AccountExport {
  readonly account: string;
  readonly budget: Budget;
  readonly spent: Spent;
  /** In the order in which they were charged; those of one list have all of it in `spentAfter`. */
  readonly charges: readonly (Charge & { readonly spentAfter: Spent })[];
}

/** One party's account. Checking and charging are one transaction, however many ask at once. */
export interface Account {
  /**
   * Charges all of these releases, or none. An id that is known with other content, and a unit or adjacency
   * other than the account's so far, are errors (PRIVACY_LEDGER).
   */
  readonly charge: (charges: readonly Charge[]) => Promise<ChargeAnswer>;
  readonly read: () => Promise<AccountExport>;
}

/** All accounts of a place. They survive whoever uses them. */
export interface Ledger {
  /**
   * The account of this name, opened with the budget where there is none yet. An account that was opened
   * with another budget is refused (PRIVACY_BUDGET_DIFFERS). Of a Renyi filter the order that was fixed first
   * stays: another one asked for is no other budget.
   */
  readonly account: (name: string, budget: Budget) => Promise<Account>;
}

/** What a party's releases need: its account, and noise. */
export interface PrivacyServices {
  /**
   * Bytes for the noise of one release. The same label gives the same bytes, so that a release that is made
   * again after a crash is the same release; without the party's secret nobody can foretell them. Never for
   * two releases whose clean numbers differ: a label has to have a hash of them, or of all that they
   * follow from, in it.
   */
  readonly noise: (label: string) => (count: number) => Uint8Array;
  readonly ledger: Ledger;
  /** Of this party in the ledger. */
  readonly accountName: string;
  /** What charges say in `run`. */
  readonly run: string;
}
