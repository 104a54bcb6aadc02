import { z } from "zod";
import { greatestConflictAngle, groupOfScenarios, scenarioVectors } from "./geometry.ts";

const count = z.number().int().positive();
const degrees = (most: number) => z.number().min(0).max(most);

const scenarioConfig = z.strictObject({
  rows: z.number().int().min(50).describe("impressions"),
  group: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe("scenarios of one group want nearly the same; default: 0 and 1 in turn"),
  tasks: z
    .array(z.enum(["click", "sale"]))
    .refine((tasks) => tasks.includes("click"), "every scenario knows its clicks; add click")
    .optional()
    .describe("labels that the scenario knows, click among them; default: both"),
});

const idsConfig = z.strictObject({
  fields: count.max(50).default(3).describe("id features, id0 to id<fields - 1>"),
  values: count.default(500).describe("distinct ids of a field, by popularity after Zipf's law"),
  strength: z
    .number()
    .min(0)
    .default(1)
    .describe("standard deviation of what all ids together add to the log-odds"),
  hash: count.optional().describe("rows of a field's hashed table; default: 8 for each value"),
});

/** A world of scenarios that share what there is to see and differ in what they want of it. */
export const scenariosConfig = z
  .strictObject({
    kind: z.literal("scenarios"),
    scenarios: z
      .record(z.string().min(1), scenarioConfig)
      .describe("one entry per scenario: a client each"),
    features: count.default(20).describe("numeric features, x0 to x<features - 1>"),
    units: z
      .number()
      .int()
      .min(2)
      .multipleOf(2)
      .default(8)
      .describe("hidden units that all scenarios have in common; an even number"),
    strength: z
      .number()
      .min(0)
      .default(2.2)
      .describe("standard deviation of the log-odds, where shift is 0 and there are no ids"),
    bias: z.number().default(-1.2).describe("log-odds of a click where all units are 0"),
    saleBias: z
      .number()
      .optional()
      .describe("log-odds of a sale after a click where all units are 0; default: bias"),
    taskAngle: degrees(180)
      .default(45)
      .describe(
        "degrees between what makes a click and what makes a sale of it; its cosine is their correlation",
      ),
    spread: degrees(90).default(15).describe("degrees between two scenarios of one group"),
    conflictAngle: degrees(180)
      .default(60)
      .describe("degrees between two scenarios of different groups, but never less than spread"),
    shift: z
      .number()
      .min(0)
      .default(0.5)
      .describe(
        "how far a scenario's mean features lie from 0, in standard deviations of a feature",
      ),
    scenarioFeature: z
      .boolean()
      .default(false)
      .describe("adds the categorical feature scenario: a model can see where a row is from"),
    ids: idsConfig
      .optional()
      .describe("categorical features whose values mean the same in every scenario; absent: none"),
    worldSeed: z
      .number()
      .int()
      .nonnegative()
      .default(1)
      .describe("draws the world; seeds draw splits and models"),
    worlds: z
      .enum(["one", "each-seed"])
      .default("one")
      .describe(
        "each-seed: every seed has a world of its own, drawn by worldSeed + seed, so that intervals over seeds are over worlds",
      ),
  })
  .superRefine((config, context) => {
    const refuse = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    const { units, features, spread } = config;
    if (units > features)
      refuse(
        "units",
        `units are orthogonal views of the features, of which there are only ${features}; raise data.features to ${units}, or lower data.units`,
      );
    const found = scenarioVectors(config);
    if (found === undefined)
      refuse(
        "conflictAngle",
        `with a spread of ${spread} degrees, ${new Set(groupOfScenarios(config)).size} groups are at most ${greatestConflictAngle(config)} degrees apart; lower data.conflictAngle or data.spread, or put the scenarios into two groups`,
      );
    else if (found.rank > units)
      refuse(
        "units",
        `too few for the angles between ${Object.keys(config.scenarios).length} scenarios, which take ${found.rank} dimensions; raise data.units to ${found.rank + (found.rank % 2)}, set data.spread to 0, or remove scenarios`,
      );
  });

export type ScenariosConfig = z.infer<typeof scenariosConfig>;
