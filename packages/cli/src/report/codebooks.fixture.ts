import type { CodebookPages, Result } from "@atoll/node/results";

type MethodResult = Result["methods"][string];

/** Codebooks of one method over these clients; the first client uses half of the codes. */
export function codebooksOf(
  clients: readonly string[],
  levels: readonly ("global" | "local")[] = ["global", "local"],
): NonNullable<MethodResult["codebooks"]> {
  const isCommon = levels[0] === "global";
  return {
    item: {
      levels: [...levels],
      clients: Object.fromEntries(
        clients.map((client, i) => [
          client,
          {
            entities: 40,
            codes: levels.map(() => 8),
            usage: levels.map(() => (i === 0 ? 0.5 : 1)),
            perplexity: levels.map(() => 3.25 + i),
            collisionRate: 0.125,
            reconstruction: 0.4567,
          },
        ]),
      ),
      ...(isCommon && {
        common: {
          union: { mean: 6.5, sd: 0.1 },
          division: { mean: 1.25, sd: 0.01 },
          byChance: { mean: 1.125, sd: 0 },
        },
      }),
      agreement: {
        same: { mean: 0.625, sd: 0.01 },
        chance: { mean: 0.125, sd: 0.005 },
        ratio: { mean: 5, sd: 0.2 },
        entities: 30,
        comparisons: 60,
      },
    },
  };
}

export function pagesOf(method: string, clients: readonly string[]): CodebookPages {
  return {
    schema: "atoll/codebooks/v1",
    seed: 1,
    methods: {
      [method]: {
        entities: {
          item: {
            uses: Object.fromEntries(
              clients.map((client, i) => [client, i === 0 ? [1, 0, 2, 0] : [1, 1, 4, 0]]),
            ),
            errorByRound: Object.fromEntries(clients.map((client) => [client, [1, 0.6, 0.5]])),
            pairs: clients.slice(1).map((client) => ({
              markets: [clients[0]!, client],
              entities: 30,
              same: 0.6,
              chance: 0.15,
            })),
            examples: [0, 1, 2, 3].map((code) => ({
              code,
              clients: Object.fromEntries(
                clients.map((client) => [
                  client,
                  {
                    entities: 2,
                    examples: [{ value: "B00<b>", count: 3, words: "<i>kettle</i> of steel" }],
                  },
                ]),
              ),
            })),
          },
        },
        releases: [],
      },
    },
  };
}

/** Traffic of a federated method with anchors. */
export const stages: NonNullable<MethodResult["stages"]> = [
  { stage: "anchors", bytes: 7000 },
  { stage: "collaborative", bytes: 40_000 },
  { stage: "codebook", bytes: 33_792 },
].map(({ stage, bytes }) => ({
  stage,
  rounds: 10,
  answers: 30,
  bytesUp: 30 * bytes,
  bytesDown: 60 * bytes,
  largestUp: 2 * bytes,
  largestDown: 3 * bytes,
}));
