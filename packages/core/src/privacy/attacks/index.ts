export { clopperPearson, type Bounds } from "./binomial.ts";
export { canaryBound, guessCanaries, oneRunBound, oneRunChance, type OneRun } from "./canaries.ts";
export { canaryScores, type CanaryLogits } from "./canary-scores.ts";
export { exampleLosses, logitOfLoss } from "./example-loss.ts";
export { cosineOf, inputOfLinear, labelOfBias, movedRows } from "./gradient-leakage.ts";
export { itemMembership, rowMovements, type ItemMembership } from "./item-membership.ts";
export { likelihoodRatio, type LikelihoodOptions, type Shadows } from "./likelihood-ratio.ts";
export {
  membershipOf,
  type Membership,
  type MembershipOptions,
  type RateAt,
} from "./membership.ts";
export { aucOf, pointAt, rocOf, type AttackScores, type Estimate, type Roc } from "./roc.ts";
export { twoHypothesesBound, type Trials } from "./two-hypotheses.ts";
