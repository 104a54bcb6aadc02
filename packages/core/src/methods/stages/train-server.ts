import { sampleCohort, strategies, type StrategyUpdate } from "../../federation/index.ts";
import type { ServerContext, StageServer } from "../../federation/stage.ts";
import type { Message, WireArray } from "../../federation/types.ts";
import type { Vocabularies } from "../../data/index.ts";
import { streamOf } from "../../random/index.ts";
import type { MethodSettings } from "../types.ts";
import type { Exchange } from "./exchange.ts";
import { joinRows } from "./join-rows.ts";
import { trainReply, type Sharing } from "./train.ts";

/**
 * The server half: sends the global state to the round's cohort, joins the answers, and stops when the
 * rounds are used up or every client has finished. Clients that train alone stop one by one.
 */
export function trainServer(
  context: ServerContext,
  settings: MethodSettings,
  sharing: Sharing,
  exchange: Exchange,
): StageServer {
  const { rounds, clientsPerRound } = settings.federation;
  const vocabularies = (context.results.get("vocabulary")?.metadata["vocabularies"] ??
    {}) as Vocabularies;
  /** What the strategy steps on. */
  const stepped = <T>(arrays: Readonly<Record<string, T>>) =>
    only(arrays, (name) => name !== STATISTICS && !exchange.joins.has(name));
  let global: Record<string, WireArray> = exchange.initial(context.seed, vocabularies);
  let strategyState =
    sharing.kind === "federated" ? sharing.strategy.init(stepped(global)) : undefined;
  let round = 0;
  let phase: "training" | "finishing" | "over" = "training";
  let finished = new Set<string>();

  const request = (kind: string): Message => ({
    kind,
    stage: "train",
    round,
    arrays: global,
    metadata: {},
  });

  return {
    next: () => {
      if (phase === "over") return undefined;
      const running = context.clients.filter((client) => !finished.has(client));
      if (phase === "training" && (round === rounds || running.length === 0)) phase = "finishing";
      if (phase === "finishing")
        return new Map(context.clients.map((client) => [client, request("finish")]));
      // Alone, a client that has finished is asked no more; in a federation all go on until all have.
      const candidates = sharing.kind === "alone" ? running : context.clients;
      const cohort =
        sharing.kind === "alone" || clientsPerRound === "all"
          ? candidates
          : sampleCohort(candidates, clientsPerRound, streamOf(context.seed, round, "cohort"));
      return new Map(cohort.map((client) => [client, request("train")]));
    },
    receive: (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      const updates: StrategyUpdate[] = [];
      for (const [client, reply] of replies) {
        const { numExamples, finished: done } = trainReply.parse(reply.metadata);
        if (done) finished.add(client);
        else finished.delete(client);
        updates.push({ client, numExamples, arrays: reply.arrays });
      }
      if (sharing.kind === "federated" && strategyState !== undefined) {
        const own = updates.map((update) => ({ ...update, arrays: stepped(update.arrays) }));
        const [next, memory] = sharing.strategy.step(stepped(global), own, strategyState);
        const [statistics] = mean.step(measured(global), updates, mean.init(global));
        global = { ...next, ...statistics, ...joinRows(global, updates, exchange.joins) };
        strategyState = memory;
      }
      round += 1;
    },
    save: () => ({
      arrays: {
        ...prefixed("global:", global),
        ...(strategyState ? prefixed("strategy:", strategyState.arrays) : {}),
      },
      metadata: {
        round,
        phase,
        finished: [...finished].sort(),
        strategy: strategyState?.metadata ?? {},
      },
    }),
    load: (state) => {
      round = state.metadata["round"] as number;
      phase = state.metadata["phase"] as typeof phase;
      finished = new Set(state.metadata["finished"] as string[]);
      global = unprefixed("global:", state.arrays);
      if (strategyState !== undefined)
        strategyState = {
          arrays: unprefixed("strategy:", state.arrays),
          metadata: state.metadata["strategy"] as Record<string, unknown>,
        };
    },
  };
}

// Running statistics are measured, not learned: they are always averaged. A step of another rule could
// make a variance negative.
const STATISTICS = "state";
const mean = strategies.fedavg();

const measured = <T>(arrays: Readonly<Record<string, T>>) =>
  only(arrays, (name) => name === STATISTICS);

function only<T>(arrays: Readonly<Record<string, T>>, keep: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(arrays).filter(([name]) => keep(name)));
}

export function prefixed<T>(
  prefix: string,
  entries: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [prefix + name, value]));
}

export function unprefixed<T>(
  prefix: string,
  entries: Readonly<Record<string, T>>,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(entries)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
