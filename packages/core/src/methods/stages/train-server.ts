import {
  everyone,
  sampleCohort,
  strategies,
  type Coordination,
  type Coordinator,
  type GlobalState,
  type StrategyUpdate,
} from "../../federation/index.ts";
import type { ServerContext, StageServer } from "../../federation/stage.ts";
import type { Message, WireArray } from "../../federation/types.ts";
import type { Vocabularies } from "../../data/index.ts";
import { streamOf } from "../../random/index.ts";
import type { MethodSettings } from "../types.ts";
import { STATISTICS, type Exchange, type Join } from "./exchange.ts";
import { joinRows } from "./join-rows.ts";
import type { Observed } from "./observed.ts";
import { only, prefixed, unprefixed } from "./named.ts";
import { restoreStates, saveStates } from "./states-of-clients.ts";
import { trainReply, type Sharing } from "./train.ts";

/**
 * The server half: sends every client of the round's cohort its state, joins the answers, and stops when
 * the rounds are used up or every client has finished. Clients that train alone stop one by one.
 *
 * Rows of tables that are joined row by row and running statistics are the same for everybody; all else
 * is what the coordinator says.
 */
export function trainServer(
  context: ServerContext,
  settings: MethodSettings,
  sharing: Sharing,
  exchange: Exchange,
): StageServer {
  const { rounds, clientsPerRound } = settings.federation;
  const { clients, seed } = context;
  const vocabularies = (context.results.get("vocabulary")?.metadata["vocabularies"] ??
    {}) as Vocabularies;
  const own = coordinated(sharing);
  const joins = own.tables ? new Map<string, Join>() : exchange.joins;
  const isCommon = (name: string) => (name === STATISTICS && !own.statistics) || joins.has(name);
  const common = (arrays: GlobalState) => only(arrays, isCommon);
  const coordinator = coordinatorOf(sharing, exchange);
  const initial = exchange.initial(seed, vocabularies);
  let ofAll: Record<string, WireArray> = common(initial);
  let coordination: Coordination = coordinator.begin(
    only(initial, (name) => !isCommon(name)),
    clients,
  );
  const observations: Observed[] = [];
  let round = 0;
  let phase: "training" | "finishing" | "over" = "training";
  let finished = new Set<string>();

  /** Clients with the same state get the same message, which is then encoded once. */
  const requests = (kind: string, cohort: readonly string[]): Map<string, Message> => {
    const made = new Map<GlobalState, Message>();
    return new Map(
      cohort.map((client) => {
        const own = coordination.next.get(client)!;
        const message = made.get(own) ?? {
          kind,
          stage: "train",
          round,
          arrays: { ...own, ...ofAll },
          metadata: {},
        };
        made.set(own, message);
        return [client, message];
      }),
    );
  };

  return {
    next: () => {
      if (phase === "over") return undefined;
      const running = clients.filter((client) => !finished.has(client));
      if (phase === "training" && (round === rounds || running.length === 0)) phase = "finishing";
      if (phase === "finishing") return requests("finish", clients);
      // Alone, a client that has finished is asked no more; in a federation all go on until all have.
      const candidates = sharing.kind === "alone" ? running : clients;
      const cohort =
        sharing.kind === "alone" || clientsPerRound === "all"
          ? candidates
          : sampleCohort(candidates, clientsPerRound, streamOf(seed, round, "cohort"));
      return requests("train", cohort);
    },
    receive: (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      const updates: StrategyUpdate[] = [];
      for (const [client, reply] of replies) {
        const { numExamples, finished: done, tasks } = trainReply.parse(reply.metadata);
        if (done) finished.add(client);
        else finished.delete(client);
        updates.push({ client, numExamples, arrays: reply.arrays, ...(tasks && { tasks }) });
      }
      updates.sort((a, b) => (a.client < b.client ? -1 : 1));
      if (sharing.kind === "federated" && updates.length > 0) {
        const ofCoordinator = updates.map((update) => ({
          ...update,
          arrays: only(update.arrays, (name) => !isCommon(name)),
        }));
        const stream = streamOf(seed, round, "coordination");
        coordination = coordinator.step(
          { clients, sent: coordination.next, updates: ofCoordinator, stream },
          coordination.state,
        );
        if (coordination.observed) observations.push({ round, ...coordination.observed });
        const statistics = only(ofAll, (name) => name === STATISTICS);
        const [measured] = mean.step(statistics, updates, mean.init(statistics));
        ofAll = { ...ofAll, ...measured, ...joinRows(ofAll, updates, joins) };
      }
      round += 1;
    },
    save: () => {
      const states = saveStates(coordination.next);
      return {
        arrays: {
          ...prefixed("all:", ofAll),
          ...states.arrays,
          ...prefixed("coordinator:", coordination.state.arrays),
        },
        metadata: {
          round,
          phase,
          finished: [...finished].sort(),
          states: states.of,
          coordinator: coordination.state.metadata,
          observations,
        },
      };
    },
    load: (state) => {
      round = state.metadata["round"] as number;
      phase = state.metadata["phase"] as typeof phase;
      finished = new Set(state.metadata["finished"] as string[]);
      ofAll = unprefixed("all:", state.arrays);
      coordination = {
        next: restoreStates(state.arrays, state.metadata["states"] as Record<string, number>),
        state: {
          arrays: unprefixed("coordinator:", state.arrays),
          metadata: state.metadata["coordinator"] as Record<string, unknown>,
        },
      };
      observations.splice(
        0,
        observations.length,
        ...(state.metadata["observations"] as readonly Observed[]),
      );
    },
    result: () => ({ arrays: {}, metadata: { observations } }),
  };
}

/** Running statistics are measured, not learned: they are always averaged. */
const mean = strategies.fedavg();

/** What a coordinator joins beside dense parameters. */
function coordinated(sharing: Sharing): { readonly statistics: boolean; readonly tables: boolean } {
  if (sharing.kind === "alone" || sharing.server.kind === "one-for-all")
    return { statistics: false, tables: false };
  const { joinsStatistics = false, joinsTables = false } = sharing.server;
  return { statistics: joinsStatistics, tables: joinsTables };
}

function coordinatorOf(sharing: Sharing, { blocks, statistics, joins }: Exchange): Coordinator {
  if (sharing.kind === "alone") return everyone(mean);
  const { server } = sharing;
  if (server.kind === "one-for-all") return everyone(server.strategy);
  return server.coordinator(
    coordinated(sharing).statistics ? [...blocks, ...statistics] : blocks,
    joins,
  );
}
