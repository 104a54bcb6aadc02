import fc from "fast-check";
import { expect, test } from "vitest";
import { describeItems } from "./describe-items.ts";
import { NUM_ITEMS, popularityOf, populationOfItems, settingsOf } from "./population.fixture.ts";

const titles = Array.from({ length: NUM_ITEMS }, (_, i) => `title ${(i * 7) % NUM_ITEMS}`);
const numberings = fc.shuffledSubarray(titles, { minLength: NUM_ITEMS });

test("how a catalogue is numbered decides neither what is told together nor in which order", () =>
  fc.assert(
    fc.asyncProperty(numberings, async (texts) => {
      const population = populationOfItems([[0, 1, 2]], { texts });
      const asked: string[] = [];
      const told = await describeItems(population, {
        augmenter: {
          name: "listening",
          describe: async (items) => {
            asked.push(...items.map((item) => texts[item]!));
            return items.map((item) => `says ${texts[item]}`);
          },
          profile: async () => undefined,
          pick: async () => ({ liked: [], disliked: [] }),
        },
        settings: settingsOf(),
        popularity: popularityOf(population),
      });
      expect(asked).toEqual(titles.toSorted());
      expect(told).toEqual(texts.map((text) => `says ${text}`));
    }),
    { numRuns: 20 },
  ));
