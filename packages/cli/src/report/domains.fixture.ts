import type { DomainPages, DomainsResult } from "@atoll/node/results";

/** Two encoders that overlap, one of both; clients retire, and augmentation does not help. */
export function domainsOf(food = "food", kitchen = "kitchen"): DomainsResult {
  return {
    encoders: [food, kitchen, "merged"],
    cosines: [
      {
        encoders: [food, kitchen],
        users: 300,
        cosine: { mean: 0.93, sd: 0.01 },
        others: { mean: 0.9, sd: 0.02 },
        overlap: "overlapping",
      },
      { encoders: [food, "merged"], users: 320, cosine: { mean: 0.71, sd: 0.02 } },
      {
        encoders: [kitchen, "merged"],
        users: 310,
        cosine: { mean: -0.05, sd: 0.03 },
        others: { mean: 0.125, sd: 0 },
      },
    ],
    retired: { clients: 200, share: 0.61, first: 2, rounds: 8, byRound: [0, 0, 60, 122, 122] },
    augmentation: {
      users: 320,
      meanLengthBefore: 13.33,
      meanLengthAfter: 15.41,
      idra: 0.0625,
      validation: { against: "plain", metric: "ndcg@10", with: 0.11, without: 0.12 },
    },
    findings: [
      {
        kind: "overlap",
        text: `representations of ${food} and ${kitchen} overlap (mean cosine .93): raise cdrd.weight`,
      },
    ],
  };
}

/** Clouds of so many users on spirals, the same in every run. */
export function domainPagesOf(
  method: string,
  encoders: readonly string[],
  users = 300,
): DomainPages {
  const points = Array.from({ length: users }, (_, user) =>
    encoders.map((_, encoder) => {
      const angle = user * 2.4 + encoder;
      const radius = 0.3 * Math.sqrt((user + 1) / users);
      return {
        user,
        encoder,
        x: Math.round(1e4 * (0.25 * encoder + radius * Math.cos(angle))) / 1e4,
        y: Math.round(1e4 * ((encoder % 2) * 0.2 + radius * Math.sin(angle))) / 1e4,
      };
    }),
  ).flat();
  return {
    schema: "atoll/domains/v1",
    seed: 1,
    methods: {
      [method]: {
        encoders: [...encoders],
        projection: {
          encoder: points.map(({ encoder }) => encoder),
          user: points.map(({ user }) => user),
          x: points.map(({ x }) => x),
          y: points.map(({ y }) => y),
          explained: [0.46, 0.21],
        },
      },
    },
  };
}
