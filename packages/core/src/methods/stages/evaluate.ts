import { z } from "zod";
import type { EvaluationExamples } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { statePieces } from "../../federation/index.ts";
import type { Stage } from "../../federation/stage.ts";
import type { WireArray } from "../../federation/types.ts";
import { measureHeldOut } from "../../metrics/index.ts";
import type { MethodSettings } from "../types.ts";
import { askOnce, stateless } from "./single-request.ts";

const values = z.record(z.string(), z.record(z.string(), z.number()));

/** Under which name the client keeps what it measured, user by user. */
export const EVALUATION_FILE = "evaluation";

/**
 * Scores the test rows once and measures them. What travels is one number per metric and part. The
 * influence of each user, from which intervals come, stays in the client's own store.
 */
export function evaluateStage(settings: MethodSettings): Stage {
  return {
    name: "evaluate",
    messages: {
      evaluate: {
        arrays: {},
        metadata: z.strictObject({}),
        purpose: "asks for the test metrics",
        answeredBy: ["measured"],
      },
      measured: {
        arrays: {},
        metadata: z.strictObject({
          test: values,
          undefined: z.record(z.string(), z.record(z.string(), z.string())),
        }),
        purpose: "test metrics of the client as a whole, no scores and no users",
      },
    },
    server: (context) => askOnce(context, "evaluate", "evaluate"),
    client: async (context) =>
      stateless(async (request) => ({
        kind: "measured",
        stage: "evaluate",
        round: request.round,
        arrays: {},
        metadata: await measureTest(context, settings),
      })),
  };
}

async function measureTest(context: ClientContext, settings: MethodSettings) {
  const { scorer, data } = context.memory;
  if (scorer === undefined || data === undefined)
    throw new Error(
      `client ${context.name}: the stages before "evaluate" left nothing to score with`,
    );
  const test: Record<string, Record<string, number>> = {};
  const missing: Record<string, Record<string, string>> = {};
  const arrays: Record<string, WireArray> = {};
  for (const part of data.parts) {
    const { client, numUsers, test: rows } = part;
    const score = (examples: EvaluationExamples) => scorer.score(examples, client);
    const { metrics, ties, minPositives } = settings;
    const measured = await measureHeldOut(
      metrics,
      { rows, numUsers, score },
      { ties, minPositives },
    );
    test[part.client] = {};
    missing[part.client] = {};
    for (const [metric, outcome] of Object.entries(measured)) {
      if (outcome.kind === "undefined") {
        missing[part.client]![metric] = outcome.reason;
        continue;
      }
      test[part.client]![metric] = outcome.value;
      const shape = [outcome.influence.length];
      arrays[`influence:${part.client}:${metric}`] = { shape, data: outcome.influence };
      arrays[`present:${part.client}:${metric}`] = { shape, data: outcome.present };
    }
  }
  const metadata = { test, undefined: missing };
  await context.store.write(EVALUATION_FILE, statePieces({ arrays, metadata }));
  return metadata;
}
