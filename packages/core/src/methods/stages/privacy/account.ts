import { AtollError } from "../../../errors/index.ts";
import {
  orderFor,
  type Account,
  type Charge,
  type Mechanism,
  type PrivacyConfig,
  type PrivacyServices,
  type Uses,
} from "../../../privacy/index.ts";

type Promised = Exclude<PrivacyConfig, { readonly kind: "none" }>;

export interface AccountOptions {
  readonly config: Promised;
  /** All that the training releases if it runs to its end. */
  readonly plan: readonly Uses[];
  /** A budget beside the cap, where the kind has one. */
  readonly epsilon?: number;
}

/**
 * The party's account: its own of this training, whose releases are all planned; or its part of a ledger that
 * outlives the training, where other trainings come before and after and a filter has to watch them.
 */
export function openAccount(
  { ledger, accountName }: PrivacyServices,
  { config, plan, epsilon = Infinity }: AccountOptions,
): Promise<Account> {
  const { delta, accountant, cap = Infinity } = config;
  const budget = { epsilon: Math.min(cap, epsilon), delta, accountant };
  const sampled = samples(config) || plan.some(({ mechanism }) => isSampled(mechanism));
  return ledger.account(accountName, {
    ...budget,
    adaptivity:
      config.ledger === undefined
        ? { kind: "planned", plan }
        : sampled
          ? { kind: "renyi-filter", order: orderFor(plan, budget) }
          : { kind: "zcdp-filter" },
  });
}

/** Batches as large as a client's rows are sampled all the same: another training's are smaller. */
function samples(config: Promised): boolean {
  return config.kind === "dp-sgd" && config.sampling === "poisson";
}

function isSampled(mechanism: Mechanism): boolean {
  return mechanism.kind === "gaussian" && mechanism.samplingRate < 1;
}

/** Nothing may leave: the budget is spent. */
export interface Refused {
  readonly kind: "refused";
  readonly why: string;
}

/**
 * Charges a release before it is made; undefined once it may leave. A spent budget is an answer, all else
 * that a ledger refuses is an error: the training does not do what it was planned to do.
 */
export async function refusalOf(account: Account, charge: Charge): Promise<Refused | undefined> {
  const answer = await account.charge([charge]);
  if (answer.kind !== "refused") return undefined;
  if (answer.code !== "PRIVACY_BUDGET") throw new AtollError(answer.code, answer.why);
  return { kind: "refused", why: answer.why };
}

/** The services that a promise needs; without them it cannot be kept, and nothing may run. */
export function servicesOf(
  party: string,
  { privacy }: { readonly privacy?: PrivacyServices | undefined },
): PrivacyServices {
  if (privacy === undefined)
    throw new RangeError(`${party}: a method with a promise was given no ledger and no noise`);
  return privacy;
}
