import type { AugmentationResult } from "@atoll/node/results";

/** A language model that was asked for all three stages, of which profiles went badly. */
export const askedAugmentation: AugmentationResult = {
  users: 7144,
  augmented: 6812,
  meanLengthBefore: 13.33,
  meanLengthAfter: 15.41,
  density: { before: 0.000631, after: 0.000729 },
  idra: 0.0625,
  answers: {
    items: { answered: 2810, dropped: {}, missing: 0, acceptance: 1 },
    profiles: {
      answered: 5929,
      dropped: { "not JSON": 1006, "wrong shape": 209 },
      missing: 0,
      acceptance: 0.82992,
    },
    sequences: {
      answered: 11_204,
      dropped: { "no candidate": 413 },
      missing: 2671,
      acceptance: 0.96445,
    },
  },
  descriptions: [
    {
      item: "Lodge L8SK3 Cast Iron Skillet, 10.25-Inch <br>",
      words:
        "category: cookware; purpose: frying, baking; audience: home cooks; qualities: durable, heavy, seasoned",
    },
    {
      item: "Organic Matcha Green Tea Powder",
      words:
        "category: tea; purpose: drinking, baking; audience: health minded adults; qualities: organic, bitter",
    },
  ],
  validation: { against: "plain", metric: "ndcg@10", with: 0.11, without: 0.12 },
};
