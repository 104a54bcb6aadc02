import type { ErrorFamily } from "../family.ts";

export const privacyErrors = {
  title: "Privacy",
  codes: {
    PRIVACY_ADAPTIVE: {
      meaning: "a release, or an accountant, that does not suit noise which is chosen on the way",
      wayOut:
        "Set the accountant to rdp and open the account with a renyi-filter, which takes any mechanism.",
    },
    PRIVACY_BITS: {
      meaning: "integers of so many bits do not hold the noise of so many clients",
      wayOut: "Take as many bits as the message says, or more.",
    },
    PRIVACY_BUDGET: {
      meaning: "a release would pass the most epsilon that its account may spend",
      wayOut: "Stop here, or start over with a larger epsilon, more noise or fewer releases.",
    },
    PRIVACY_BUDGET_DIFFERS: {
      meaning: "an account is asked for with another budget than it was opened with",
      wayOut: "Ask for the budget that the account was opened with, or use another ledger.",
    },
    PRIVACY_COUNT_NOISE: {
      meaning: "the count that moves a clip bound costs more than all noise together allows",
      wayOut:
        "Raise `countNoise`, by larger batches if it is not set, or lower the noise multiplier.",
    },
    PRIVACY_FEW_CLIENTS: {
      meaning: "no round has as many clients as a sum needs to have noise enough",
      wayOut: "Lower `minimumClients`, or raise `sampling`.",
    },
    PRIVACY_HISTOGRAM: {
      meaning: "popularity is counted unprotected, or its noise leaves nothing of the budget",
      wayOut: "Set `histogram` with enough noise, raise epsilon, or set `request.recency` to 0.",
    },
    PRIVACY_LEDGER: {
      meaning: "a ledger file cannot be used, or a charge contradicts what its account holds",
      wayOut:
        "Mend what the message names, or use another ledger; an account's epsilons then add up.",
    },
    PRIVACY_PLAN: {
      meaning:
        "a release that its account did not plan, or a plan that its accountant cannot add up",
      wayOut:
        "Plan every release before the first one, with an accountant that knows it, or charge to a ledger with a filter.",
    },
    PRIVACY_SECRET: {
      meaning: "the file of a party's noise secret is damaged",
      wayOut: "Put the file back as it was, or begin a run anew.",
    },
    PRIVACY_TRAINING: {
      meaning:
        "what is trained, or how, or with what delta, is nothing whose units dp-sgd can protect",
      wayOut: "Change the model, the loss, the unit, the data or delta as the message says.",
    },
  },
} satisfies ErrorFamily;
