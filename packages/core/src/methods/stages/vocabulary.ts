import { z } from "zod";
import { fitVocabularies, type Vocabularies } from "../../data/index.ts";
import type { Stage } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import type { MethodSettings } from "../types.ts";

const vocabulariesSchema = z.record(z.string(), z.array(z.string()));

/**
 * Agrees on one vocabulary for every shared feature: clients send the distinct values of their training
 * rows, the server sends back the sorted union. Nothing about frequencies or rows is said. Of a hashed
 * feature nothing is said at all: its table is as large everywhere.
 */
export function vocabularyStage(settings: MethodSettings): Stage {
  const { minCount, features } = settings;
  const shared = settings.federation.shared.filter(
    (name) => features.categorical.find((feature) => feature.name === name)?.numRows === 0,
  );
  const metadata = z.strictObject({ vocabularies: vocabulariesSchema });
  return {
    name: "vocabulary",
    rounds: () => 2,
    messages: {
      list: {
        arrays: {},
        metadata: z.strictObject({}),
        purpose: "asks for the distinct values of the shared features",
        answeredBy: ["values"],
      },
      values: {
        arrays: {},
        metadata,
        purpose: `reveals which values of ${shared.join(", ") || "no feature"} occur in at least ${minCount} training row(s), or as many as the feature's own minCount says, without counts`,
      },
      agree: {
        arrays: {},
        metadata,
        purpose: "the union of all clients' values, sorted",
        answeredBy: ["agreed"],
      },
      agreed: {
        arrays: {},
        metadata: z.strictObject({}),
        purpose: "says that the union was taken over",
      },
    },
    server: (context) => {
      let union: Record<string, string[]> | undefined;
      let told = false;
      const ask = (kind: string, round: number, body: Record<string, unknown>) => {
        const request: Message = { kind, stage: "vocabulary", round, arrays: {}, metadata: body };
        return new Map(context.clients.map((client) => [client, request]));
      };
      return {
        next: () => {
          if (union === undefined) return ask("list", 0, {});
          if (told) return undefined;
          return ask("agree", 1, { vocabularies: union });
        },
        receive: (replies) => {
          if (union !== undefined) {
            told = true;
            return;
          }
          const parts = [...replies.values()].map(
            (reply) => metadata.parse(reply.metadata).vocabularies,
          );
          union = Object.fromEntries(
            shared.map((name) => [
              name,
              [...new Set(parts.flatMap((part) => part[name] ?? []))].sort(),
            ]),
          );
        },
        save: () => ({ arrays: {}, metadata: { union, told } }),
        load: (state) => {
          union = state.metadata["union"] as Record<string, string[]> | undefined;
          told = state.metadata["told"] === true;
        },
        result: () => ({ arrays: {}, metadata: { vocabularies: union ?? {} } }),
      };
    },
    client: async (context) => ({
      handle: async (request) => {
        if (request.kind === "list") {
          const vocabularies = fitVocabularies(context.splits, shared, minCount);
          return {
            kind: "values",
            stage: "vocabulary",
            round: request.round,
            arrays: {},
            metadata: { vocabularies },
          };
        }
        context.memory.vocabularies = metadata.parse(request.metadata).vocabularies;
        return {
          kind: "agreed",
          stage: "vocabulary",
          round: request.round,
          arrays: {},
          metadata: {},
        };
      },
      save: () => ({ arrays: {}, metadata: { vocabularies: context.memory.vocabularies ?? null } }),
      load: (state) => {
        const kept = state.metadata["vocabularies"];
        if (kept !== null) context.memory.vocabularies = kept as Vocabularies;
      },
      close: async () => {},
    }),
  };
}
