import { z } from "zod";
import type { ClientContext } from "../../federation/client-context.ts";
import { checkedArray } from "../../federation/index.ts";
import type { SavedState, ServerContext, Stage, StageServer } from "../../federation/stage.ts";
import type { Message, MessageDeclaration } from "../../federation/types.ts";
import { AtollError } from "../../errors/index.ts";
import { promises } from "../stages/privacy/answers.ts";
import { revealedUnder } from "../stages/privacy/declared.ts";
import { askOnce } from "../stages/single-request.ts";
import type { MethodSettings } from "../types.ts";
import type { ShardClients } from "./client-events.ts";
import type { FedcctrSettings } from "./config.ts";
import { histogramClient, STAGE } from "./counts-client.ts";
import { publishCells } from "./privacy/histogram.ts";

const CELLS = "counts of events by groups of items and stretches of time";
const nothing = z.strictObject({});

const asked: MessageDeclaration = {
  arrays: {},
  metadata: nothing,
  purpose: "asks how often items were chosen, and when",
  answeredBy: ["counted"],
};

/**
 * How popular items were, as requests read it. Without a histogram a simulating party counts for itself, which
 * stands for an exact sum over users; only without a promise. With one, parties send sums of their clients'
 * cells, and are sent what may be published of them: it is left in `memory.recency`.
 */
export function countsStage(
  settings: MethodSettings,
  config: FedcctrSettings,
  { clientsOf }: { readonly clientsOf: (context: ClientContext) => ShardClients },
): Stage {
  if (config.histogram !== undefined) return histogramStage(settings, config, clientsOf);
  if (promises(settings.privacy))
    throw new AtollError(
      "PRIVACY_HISTOGRAM",
      `request.recency is ${config.request.recency}, which counts everybody's events, and nothing protects exact counts; set histogram, or request.recency to 0`,
    );
  return {
    name: STAGE,
    messages: {
      count: asked,
      counted: {
        arrays: {},
        metadata: nothing,
        purpose:
          "says that it did: whoever simulates users counts for itself, where a deployment would send a sum over users",
      },
    },
    server: (context) => askOnce(context, STAGE, "count"),
    client: async () => ({
      handle: async ({ round }) => answer("counted", round),
      save: () => ({ arrays: {}, metadata: {} }),
      load: () => {},
      close: async () => {},
    }),
  };
}

function histogramStage(
  settings: MethodSettings,
  config: FedcctrSettings,
  clientsOf: (context: ClientContext) => ShardClients,
): Stage {
  return {
    name: STAGE,
    rounds: () => 2,
    messages: {
      count: asked,
      counted: {
        arrays: revealedUnder(settings.privacy, { cells: `${CELLS}, summed over clients` }),
        metadata: z.strictObject({
          clients: z.number().int().nonnegative().describe("of which the sum is"),
        }),
        purpose: "a sum over the clients of a party, of which popularity is made",
      },
      publish: {
        arrays: { cells: CELLS },
        metadata: z.strictObject({
          deviation: z.number().nonnegative().describe("of the noise on every cell"),
        }),
        purpose: "tells how popular items were",
        answeredBy: ["published"],
      },
      published: { arrays: {}, metadata: nothing, purpose: "says that it was received" },
    },
    server: (context) => histogramServer(context, { settings, config }),
    client: (context) => histogramClient(context, { settings, config, clientsOf }),
  };
}

function histogramServer(
  context: ServerContext,
  privacy: { readonly settings: MethodSettings; readonly config: FedcctrSettings },
): StageServer {
  let state: SavedState = { arrays: {}, metadata: { phase: "count" } };
  return {
    next: () => {
      const { phase, deviation } = state.metadata;
      if (phase === "done") return undefined;
      const request: Message =
        phase === "count"
          ? answer("count", 0)
          : { ...answer("publish", 1), arrays: state.arrays, metadata: { deviation } };
      return new Map(context.clients.map((client) => [client, request]));
    },
    receive: async (replies) => {
      if (state.metadata["phase"] === "publish") {
        state = { arrays: {}, metadata: { phase: "done" } };
        return;
      }
      const { cells, deviation } = await publishCells(context, privacy, sumOf(replies));
      state = {
        arrays: { cells: { shape: [cells.length], data: cells } },
        metadata: { phase: "publish", deviation },
      };
    },
    save: () => state,
    load: (saved) => {
      state = saved;
    },
  };
}

/** Of all parties, in their order. UPDATE_INVALID where they do not count the same cells. */
function sumOf(replies: ReadonlyMap<string, Message>) {
  let cells: Float64Array | undefined;
  let clients = 0;
  for (const [party, { arrays, metadata }] of replies) {
    const own = checkedArray({ client: party, arrays }, "cells", { type: "F64" });
    cells ??= new Float64Array(own.length);
    if (own.length !== cells.length)
      throw new AtollError(
        "UPDATE_INVALID",
        `client "${party}": ${own.length} cells, and ${cells.length} of others; all have to know the same items`,
      );
    for (let i = 0; i < cells.length; i++) cells[i]! += own[i]!;
    clients += metadata["clients"] as number;
  }
  return { cells: cells ?? new Float64Array(0), clients };
}

function answer(kind: string, round: number): Message {
  return { kind, stage: STAGE, round, arrays: {}, metadata: {} };
}
