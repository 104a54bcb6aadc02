import {
  everyone,
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
import { checkUpdate } from "./check-update.ts";
import { STATISTICS, type Exchange, type Join } from "./exchange.ts";
import { heldStates } from "./held.ts";
import { joinRows } from "./join-rows.ts";
import type { Observed } from "./observed.ts";
import { only, prefixed, unprefixed } from "./named.ts";
import { readAnswer } from "./privacy/answers.ts";
import { cohortOf } from "./privacy/cohorts.ts";
import { joinOf } from "./privacy/registry.ts";
import { requestSays } from "./privacy/request.ts";
import type { Retired } from "./retired.ts";
import { restoreStates, saveStates } from "./states-of-clients.ts";
import type { Sharing } from "./train.ts";

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
  const { federation, privacy } = settings;
  const { rounds } = federation;
  const { clients, seed } = context;
  const secret = privacy.kind === "none" ? undefined : context.privacy;
  const said = requestSays(privacy, clients.length);
  const { join, ...joining } = joinOf(context, settings, { exchange });
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
  /** Clients whose budgets are spent, with the round that they could not pay. */
  const retired = new Map<string, number>();
  let stopped: Retired["stopped"];

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
          metadata: said,
        };
        made.set(own, message);
        return [client, message];
      }),
    );
  };

  /** Makes the next states of a round's answers. */
  const advance = (updates: readonly StrategyUpdate[]) => {
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
  };

  return {
    // A sum of shares of noise keeps its promise only with all shares in it.
    optional: () =>
      phase === "training" &&
      sharing.kind === "federated" &&
      sharing.local?.needsEveryAnswer !== true &&
      privacy.kind !== "distributed",
    next: () => {
      if (phase === "over") return undefined;
      const running = clients.filter((client) => !finished.has(client) && !retired.has(client));
      if (phase === "training" && (round === rounds || running.length === 0)) phase = "finishing";
      if (phase === "finishing") return requests("finish", clients);
      // Alone, a client that has finished is asked no more; in a federation all go on until all have.
      if (sharing.kind === "alone") return requests("train", running);
      const able = clients.filter((client) => !retired.has(client));
      return requests("train", cohortOf(context, { federation, running: able, round, secret }));
    },
    check: (client, reply) => {
      const isUpdate = phase === "training" && !readAnswer(reply.metadata).retired;
      // Integers modulo a power of two are in no state that was sent.
      if (!isUpdate || sharing.kind === "alone" || privacy.kind === "distributed") return;
      const update = updateOf(client, reply);
      checkUpdate(update, { ...coordination.next.get(client), ...ofAll }, exchange.joins);
      coordinator.check?.(update);
    },
    receive: async (replies) => {
      if (phase === "finishing") {
        phase = "over";
        return;
      }
      const updates: StrategyUpdate[] = [];
      for (const [client, reply] of replies) {
        const { finished: isFinished, retired: isRetired } = readAnswer(reply.metadata);
        if (isFinished) finished.add(client);
        else finished.delete(client);
        if (isRetired) retired.set(client, round);
        else updates.push(updateOf(client, reply));
      }
      updates.sort((a, b) => (a.client < b.client ? -1 : 1));
      if (sharing.kind === "federated") {
        const global = coordination.next.get(clients[0]!)!;
        const joined = await join({ round, global, updates });
        if (joined.kind === "refused") {
          // What these clients learned stays unpublished; the last state is the final one.
          stopped = { round, why: joined.why };
          phase = "finishing";
        } else if (joined.updates.length > 0) advance(joined.updates);
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
          retired: Object.fromEntries(retired),
          stopped: stopped ?? null,
          joining: joining.save?.() ?? null,
        },
      };
    },
    load: (state) => {
      round = state.metadata["round"] as number;
      phase = state.metadata["phase"] as typeof phase;
      finished = new Set(state.metadata["finished"] as string[]);
      retired.clear();
      for (const [client, at] of Object.entries(state.metadata["retired"] ?? {}))
        retired.set(client, at as number);
      stopped = (state.metadata["stopped"] ?? undefined) as typeof stopped;
      joining.load?.((state.metadata["joining"] ?? {}) as Record<string, unknown>);
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
    result: () => ({
      arrays: {
        ...exchange.named(ofAll),
        ...heldStates(coordination.next, exchange.named),
      },
      metadata: {
        observations,
        ...(retired.size > 0 && { retired: Object.fromEntries(retired) }),
        ...(stopped && { stopped }),
      },
    }),
  };
}

function updateOf(client: string, { arrays, metadata }: Message): StrategyUpdate {
  const { numExamples, tasks } = readAnswer(metadata);
  return { client, numExamples, arrays, ...(tasks && { tasks }) };
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
