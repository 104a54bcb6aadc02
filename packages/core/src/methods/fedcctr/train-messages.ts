import { z } from "zod";
import type { MessageDeclaration } from "../../federation/types.ts";
import { promises } from "../stages/privacy/answers.ts";
import { revealedUnder } from "../stages/privacy/declared.ts";
import type { MethodSettings } from "../types.ts";
import { stepAtHome, type FedcctrSettings } from "./config.ts";
import { declaredArrays } from "./travelling.ts";

const count = z.number().int().nonnegative();

const always = {
  retired: count.describe("clients of this party whose budgets are spent"),
  clientUp: z.number().nonnegative().describe("bytes that one client sends up, on average"),
  clientDown: count.describe("bytes that one client is sent"),
};

const clients = count.describe("clients that the sum is of");

const progress = {
  users: count.describe("users with something to learn from among them"),
  trainLoss: z.number().optional().describe("mean loss of a user"),
  terms: z.record(z.string(), z.number()).describe("its terms, weighted, by name"),
  valid: z
    .record(z.string(), z.number())
    .describe("validation metric of the state that was sent, by domain; of the first party alone"),
  stale: count.describe("validations since the best one"),
  finished: z.boolean().describe("validation has not got better for long enough"),
};

/** What a party may say of a round. */
export const fullReply = z.strictObject({ ...always, clients, ...progress });

export type FullReply = z.infer<typeof fullReply>;

/**
 * What replies say beside their arrays. Under a promise nothing that rows decide; how many took part is told
 * where sums are used by it, and kept where the server's promise rests on nobody knowing who did.
 */
export function replyOf({ privacy }: Pick<MethodSettings, "privacy">): z.ZodObject {
  if (!promises(privacy)) return fullReply;
  return privacy.kind === "central"
    ? z.strictObject(always)
    : z.strictObject({ ...always, clients });
}

/** The messages of training. */
export function trainMessages(
  settings: MethodSettings,
  config: FedcctrSettings,
): Readonly<Record<string, MessageDeclaration>> {
  const reply = replyOf(settings);
  const model = declaredArrays(config, "the values");
  return {
    train: {
      arrays: model,
      metadata: z.strictObject({}),
      purpose: "the model of the round",
      answeredBy: ["update"],
    },
    update: {
      arrays: revealedUnder(
        settings.privacy,
        declaredArrays(
          config,
          `the sum over clients of ${stepAtHome(config) === undefined ? "gradients" : "what they changed"}`,
        ),
      ),
      metadata: reply,
      purpose:
        "the sum of the updates of the clients that a party simulates and that are in the round; a deployment would have each send its own",
    },
    finish: {
      arrays: model,
      metadata: z.strictObject({
        retired: z.array(count).describe("clients that retired so far, by round"),
      }),
      purpose: "the final model",
      answeredBy: ["finished"],
    },
    finished: {
      arrays: {},
      metadata: reply,
      purpose: "says that it was taken over",
    },
  };
}
