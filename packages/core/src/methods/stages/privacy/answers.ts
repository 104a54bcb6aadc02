import { z } from "zod";
import type { PrivacyConfig } from "../../../privacy/index.ts";
import { only } from "../named.ts";
import type { Sharing } from "../train.ts";
import { trainReply, type TrainReply } from "../train-reply.ts";

/** What a client says beside its arrays. */
export interface AnswerRules {
  readonly update: z.ZodObject;
  readonly finished: z.ZodObject;
  /** In words, what updates say. */
  readonly says: string;
  /** Whether any of it is worked out from validation rows. */
  readonly tellsProgress: boolean;
}

const retired = z
  .literal(true)
  .optional()
  .describe("the client's budget is spent: it sends nothing");
const rowsAlone = trainReply.pick({ numExamples: true });
const withoutTasks = trainReply.omit({ tasks: true });
const nothingSaid = z.strictObject({});

/** Whether noise promises anything; without it the rules of privacy do what they do, and promise nothing. */
export function promises(privacy: PrivacyConfig): boolean {
  return privacy.kind !== "none" && privacy.noiseMultiplier !== 0;
}

/**
 * What answers may say. Under a promise of a federated method that is nothing which rows decide: no loss, no
 * validation value, no progress. Row counts travel where rows are what is protected, and are taken as
 * known; where clients are, not even those, and all clients weigh the same.
 */
export function answerRules(
  privacy: PrivacyConfig,
  sharing: Sharing,
  evidence: boolean,
): AnswerRules {
  const full = evidence ? trainReply : withoutTasks;
  switch (privacy.kind) {
    case "none":
      return {
        update: full,
        finished: full,
        says: `row count, loss and validation value${evidence ? ", and each task's rows and positive rows" : ""}`,
        tellsProgress: true,
      };
    case "dp-sgd": {
      if (sharing.kind === "federated")
        return quiet(rowsAlone.extend({ retired }), "the row count");
      // The loss is of training rows as they are; validation rows are not what is protected.
      const own = full.omit({ trainLoss: true }).extend({ retired });
      return {
        update: own,
        finished: full.omit({ trainLoss: true }),
        says: "row count and validation value",
        tellsProgress: true,
      };
    }
    case "central":
      return promises(privacy)
        ? quiet(nothingSaid, "nothing beside")
        : quiet(rowsAlone, "the row count");
    case "local":
      return promises(privacy)
        ? quiet(nothingSaid.extend({ retired }), "nothing beside")
        : quiet(rowsAlone.extend({ retired }), "the row count");
    case "distributed":
      return quiet(nothingSaid.extend({ retired }), "nothing beside");
  }
}

function quiet(update: z.ZodObject, says: string): AnswerRules {
  return { update, finished: nothingSaid, says, tellsProgress: false };
}

/** Of all that could be said, what the rules let. */
export function saidBy(
  rules: z.ZodObject,
  all: TrainReply & { readonly retired?: true },
): Record<string, unknown> {
  return only(all as Readonly<Record<string, unknown>>, (name) => Object.hasOwn(rules.shape, name));
}

const received = trainReply
  .pick({ numExamples: true, finished: true, tasks: true })
  .extend({ retired })
  .partial()
  .strip();

/** What the server reads in an answer: one that says no row count weighs as much as any other. */
export function readAnswer(metadata: Readonly<Record<string, unknown>>) {
  const {
    numExamples = 1,
    finished = false,
    retired: spent = false,
    tasks,
  } = received.parse(metadata);
  return { numExamples, finished, retired: spent, ...(tasks && { tasks }) };
}
