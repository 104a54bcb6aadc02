import { AtollError } from "../../../errors/index.ts";
import {
  checkedArray,
  forAll,
  type Coordination,
  type CoordinationRound,
  type Coordinator,
  type GlobalState,
  type Observation,
  type StrategyUpdate,
} from "../../../federation/index.ts";
import {
  cosines,
  gram,
  reliabilityOf,
  similarityWeights,
  type Matrix,
} from "../../../federation/coordination/index.ts";
import type { SavedState } from "../../../federation/stage.ts";
import type { Block } from "../../stages/blocks.ts";
import { STATISTICS, type Join } from "../../stages/exchange.ts";
import { prefixed, unprefixed } from "../../stages/named.ts";
import type { PfConfig } from "../config.ts";
import { remember, memoryOf } from "./memories.ts";
import type { PartRound } from "./part-rule.ts";
import { rowsByEvidence } from "./rows.ts";
import { ownRows, ruleOf } from "./rules.ts";

export interface Coordinated {
  readonly blocks: readonly Block[];
  /** How rows of tables are joined, by array. */
  readonly joins: ReadonlyMap<string, Join>;
  readonly tasks: readonly string[];
}

/**
 * The server of PF-MSMTrec: part by part of the model, experts before towers, it turns the updates of
 * the scenarios into what each scenario receives next.
 */
export function pfCoordinator(
  config: PfConfig,
  { blocks, joins, tasks }: Coordinated,
): Coordinator {
  const rules = blocks.map((block) => ({ block, rule: ruleOf(config, block) }));
  return {
    begin: (initial, clients) => ({
      next: forAll(clients, initial),
      state: { arrays: {}, metadata: { before: [], shares: {} } },
    }),
    check: (update) => {
      evidenceOf(update, tasks);
    },
    step: (round, state) => {
      const updates = round.updates.map((update) => ({
        ...update,
        evidence: evidenceOf(update, tasks),
      }));
      const clients = updates.map(({ client }) => client);
      const before = state.metadata["before"] as readonly string[];
      const parts = blocks.map((block) => partOf(block, round));
      const learned = parts.filter(({ name }) => name !== STATISTICS);
      const memories = remember(
        memoryOf(state),
        clients,
        clients.map((_, k) => joined(learned.map((part) => part.updates[k]!))),
        config.similarity.decay,
      );
      const alike = cosines(gram(clients.map((client) => memories.get(client)!)));
      const next = new Map<string, Record<string, GlobalState[string]>>(
        round.clients.map((client) => [client, { ...round.sent.get(client)! }]),
      );
      const observed = observing(clients);
      let ruleMemory: SavedState = {
        arrays: unprefixed("rule:", state.arrays),
        metadata: state.metadata["shares"] as Record<string, unknown>,
      };
      rules.forEach(({ block, rule }, b) => {
        const { sizes, reliability } = worthOf(block, updates, config, tasks);
        const outcome = rule(
          {
            ...parts[b]!,
            clients,
            continued: clients.map((client) => before.includes(client)),
            sizes,
            weights: similarityWeights({
              cosines: alike,
              sizes,
              power: config.similarity.power,
              reliability,
            }),
            stream: round.stream,
          },
          ruleMemory,
        );
        ruleMemory = outcome.memory ?? ruleMemory;
        const shape = [block.size];
        const put = (client: string, data: Float64Array | Float32Array) => {
          next.get(client)![block.name] = { shape, data: Float32Array.from(data) };
        };
        if (outcome.others) for (const client of round.clients) put(client, outcome.others);
        clients.forEach((client, k) => put(client, outcome.next[k]!));
        observed.see(block.name, cosines(gram(parts[b]!.updates)), outcome);
      });
      if (ownRows(config))
        for (const [client, rows] of rowsByEvidence(round, joins, config.evidence.uses))
          Object.assign(next.get(client)!, rows);
      return {
        next,
        state: {
          arrays: {
            ...prefixed("rule:", ruleMemory.arrays),
            ...Object.fromEntries(
              [...memories].map(([client, data]) => [
                `memory:${client}`,
                { shape: [data.length], data },
              ]),
            ),
          },
          metadata: { before: clients, shares: ruleMemory.metadata },
        },
        observed: observed.told(alike),
      } satisfies Coordination;
    },
  };
}

/** What the updates say of one part, before anything is joined. */
function partOf(
  { name, size }: Block,
  { sent, updates }: CoordinationRound,
): Pick<PartRound, "name" | "received" | "trained" | "updates"> {
  const received = updates.map(({ client }) => sent.get(client)![name]!.data as Float32Array);
  const trained = updates.map((update) => checkedArray(update, name, { length: size }));
  return {
    name,
    received,
    trained,
    updates: trained.map((data, k) => Float64Array.from(data, (x, i) => x - received[k]![i]!)),
  };
}

function joined(vectors: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(vectors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const vector of vectors) {
    all.set(vector, at);
    at += vector.length;
  }
  return all;
}

type Evidence = Readonly<Record<string, { readonly rows: number; readonly positives: number }>>;

function evidenceOf({ client, tasks: told }: StrategyUpdate, tasks: readonly string[]): Evidence {
  const missing = tasks.find((task) => told?.[task] === undefined);
  if (missing !== undefined)
    throw new AtollError(
      "UPDATE_INVALID",
      `client "${client}": its answer does not say how many rows know the label "${missing}"; run the same version everywhere`,
    );
  return told!;
}

/** What each client's parameters of a part count, and how much of it its rows have settled. */
function worthOf(
  { part }: Block,
  updates: readonly { readonly numExamples: number; readonly evidence: Evidence }[],
  { evidence: { rows, positives } }: PfConfig,
  tasks: readonly string[],
): { readonly sizes: readonly number[]; readonly reliability: readonly number[] } {
  if (part?.kind !== "tower" && part?.kind !== "gate") {
    const sizes = updates.map(({ numExamples }) => numExamples);
    return { sizes, reliability: sizes.map((size) => reliabilityOf(size, rows)) };
  }
  const ofTask = updates.map(({ evidence }) => evidence[tasks[part.task]!]!);
  return {
    sizes: ofTask.map((known) => known.rows),
    reliability: ofTask.map((known) => reliabilityOf(known.positives, positives)),
  };
}

/** Collects what a round showed. */
function observing(clients: readonly string[]) {
  const cosinesOf: Record<string, number[][]> = {};
  const weights: Record<string, number[][]> = {};
  const mixing: Record<string, readonly number[]> = {};
  const plain = (matrix: Matrix) => matrix.map((row) => [...row]);
  return {
    see: (
      name: string,
      updates: Matrix,
      outcome: { readonly weights?: Matrix; readonly mixing?: readonly number[] },
    ) => {
      cosinesOf[name] = plain(updates);
      if (outcome.weights) weights[name] = plain(outcome.weights);
      if (outcome.mixing) mixing[name] = outcome.mixing;
    },
    told: (alike: Matrix): Observation => ({
      clients,
      cosines: { ...cosinesOf, [MEMORIES]: plain(alike) },
      weights,
      mixing,
    }),
  };
}

/** Where an observation keeps the cosines of the clients' smoothed updates of all parts together. */
export const MEMORIES = "memories";
