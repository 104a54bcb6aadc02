import type { AuditResult, MembershipResult } from "@atoll/node/audit";

const membership = (auc: number, reach: number): MembershipResult => ({
  members: 250,
  nonMembers: 200,
  auc: { value: auc, low: auc - reach, high: auc + reach },
  accuracy: { value: 0.61, low: 0.55, high: 0.67 },
  tprAt: [
    { fpr: 0.01, value: 0.044, low: 0.0222, high: 0.0773 },
    { fpr: 0.001, value: 0.02, low: 0.0065, high: 0.0461 },
  ],
  epsilon: 0.29,
  roc: [
    [0, 0.02],
    [0.01, 0.044],
    [0.1, 0.3],
    [1, 1],
  ],
});

const canaries = (correct: number, epsilon: number) => ({
  canaries: 200,
  trainedOn: 103,
  guesses: 100,
  correct,
  delta: 1e-5,
  auc: { value: 0.8, low: 0.74, high: 0.86 },
  epsilon,
  epsilonTogether: epsilon / 2,
});

const claim = { delta: 1e-5, unit: "example" as const, covers: true };

/** An audit of four methods: none private, one that keeps its promise, one that breaks it, one about updates. */
export const audited: AuditResult = {
  schema: "atoll/audit/v1",
  experiment: "two <shops>",
  seed: 1,
  runSeed: 7,
  shadows: 8,
  methods: {
    local: {
      kind: "local",
      privacy: "none",
      clients: { a: { threshold: membership(0.6, 0.05), likelihoodRatio: membership(0.72, 0.05) } },
      parties: { a: {} },
      notes: ["b: fewer than two training rows, or test rows, with a label"],
    },
    private: {
      kind: "local",
      privacy: "dp-sgd",
      clients: { a: { threshold: membership(0.51, 0.05) } },
      parties: { a: { claim: { ...claim, epsilon: 2.00012 }, canaries: canaries(52, 0.01997) } },
      notes: [],
    },
    broken: {
      kind: "local",
      privacy: "dp-sgd",
      clients: { a: { threshold: membership(0.58, 0.05) } },
      parties: { a: { claim: { ...claim, epsilon: 1 }, canaries: canaries(98, 3.1999) } },
      notes: [],
    },
    fedavg: {
      kind: "fedavg",
      privacy: "local",
      clients: { a: { threshold: membership(0.5, 0.05) } },
      parties: {
        a: {
          claim: { ...claim, unit: "client", covers: false, epsilon: "infinity" },
          canaries: canaries(50, 0),
        },
      },
      items: {
        a: {
          item: {
            held: 40,
            notHeld: 160,
            withoutPrivacy: { auc: 1, guessed: 40, precision: 1, recall: 1 },
            asRun: { auc: 0.517, guessed: 40, precision: 0.225, recall: 0.225 },
          },
        },
      },
      notes: [],
    },
  },
  notAttacked: { popularity: "it stores no trained model" },
  exceeded: [{ method: "broken", party: "a", bound: 1.59995, claimed: 1 }],
};

/** The same without the promise that is broken. */
export const kept: AuditResult = (() => {
  const { broken: _, ...methods } = audited.methods;
  return { ...audited, methods, exceeded: [] };
})();
