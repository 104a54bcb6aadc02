import type { PrivacyServices } from "../privacy/index.ts";
import {
  decodeMessage,
  decodeState,
  encodeMessage,
  encodeState,
  openMessage,
} from "./codec/message.ts";
import { sizeInBytes } from "./codec/safetensors.ts";
import type { ExchangeRound } from "./connection.ts";
import { guardAnswer, guardRequest } from "./declaration.ts";
import type { SavedState, Stage, StageServer } from "./stage.ts";
import type { Message, WireArray } from "./types.ts";

/** What the server loop tells whoever watches. */
export type ServerEvent =
  | {
      readonly kind: "round-start";
      readonly stage: string;
      readonly round: number;
      readonly clients: readonly string[];
    }
  | {
      readonly kind: "reply";
      readonly stage: string;
      readonly round: number;
      readonly client: string;
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly bytesUp: number;
      readonly bytesDown: number;
    }
  | { readonly kind: "round-end"; readonly stage: string; readonly round: number }
  | { readonly kind: "stage-end"; readonly stage: string };

export interface ServerOptions {
  readonly stages: readonly Stage[];
  /** The names of all clients. */
  readonly clients: readonly string[];
  /** Carries each round to its cohort; `throughConnections` makes one that waits for everybody. */
  readonly exchange: ExchangeRound;
  readonly seed: number;
  /** The server's own noise and account, for methods in which it adds noise. */
  readonly privacy?: PrivacyServices | undefined;
  /** Stops between rounds: the round in flight is completed. */
  readonly signal: AbortSignal;
  /** State from an earlier `checkpoint`: the run continues to the same numbers. */
  readonly resumeFrom?: Uint8Array;
  readonly onEvent: (event: ServerEvent) => void;
  /** Called after every round with the server's state and the number of rounds of all stages so far. */
  readonly checkpoint: (state: Uint8Array, numRounds: number) => Promise<void>;
}

/** Bytes of an array's numbers, over all clients and rounds of a stage. */
export interface ArrayTraffic {
  readonly up: number;
  readonly down: number;
}

/** What one stage exchanged, in encoded messages. */
export interface StageTraffic {
  readonly stage: string;
  /** Rounds of exchange. */
  readonly rounds: number;
  /** Answers of clients, over all rounds; as many requests went down. */
  readonly answers: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Bytes of the largest single answer and of the largest single request. */
  readonly largestUp: number;
  readonly largestDown: number;
  /**
   * By name of the array, sorted; what is left to the stage's bytes are headers and metadata. Undefined in
   * what earlier versions wrote.
   */
  readonly arrays?: Readonly<Record<string, ArrayTraffic>>;
}

export type ServerOutcome =
  | {
      readonly kind: "done";
      readonly bytesUp: number;
      readonly bytesDown: number;
      /** In the order in which they ran; a stage without a round is left out. */
      readonly stages: readonly StageTraffic[];
      /** What stages left on the server, by stage name. */
      readonly results: ReadonlyMap<string, SavedState>;
    }
  | { readonly kind: "stopped" };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface StageTotals extends Mutable<Omit<StageTraffic, "arrays">> {
  arrays: Record<string, Mutable<ArrayTraffic>>;
}

interface Totals {
  numRounds: number;
  stages: StageTotals[];
}

/** The line of a stage; stages follow one another, so that it is the last one or a new one. */
function lineOf(totals: Totals, stage: string): StageTotals {
  const last = totals.stages.at(-1);
  if (last?.stage === stage) return last;
  const zero = { rounds: 0, answers: 0, bytesUp: 0, bytesDown: 0, largestUp: 0, largestDown: 0 };
  const line = { stage, ...zero, arrays: {} };
  totals.stages.push(line);
  return line;
}

/**
 * Runs a method: stage by stage, round by round, in encoded messages only. Replies are handed over in
 * sorted client order, so that neither speed nor the order of connections changes a result.
 */
export async function runStages(options: ServerOptions): Promise<ServerOutcome> {
  const { stages, exchange, seed, privacy, signal, resumeFrom, onEvent, checkpoint } = options;
  const clients = options.clients.toSorted();
  const resumed = resumeFrom && readServerState(resumeFrom);
  const totals: Totals = resumed?.totals ?? { numRounds: 0, stages: [] };
  const results = new Map<string, SavedState>(resumed?.results);

  for (let index = resumed?.stage ?? 0; index < stages.length; index++) {
    const stage = stages[index]!;
    const server = stage.server({ clients, seed, results, ...(privacy && { privacy }) });
    if (resumed && index === resumed.stage) server.load(resumed.saved);
    for (let requests = server.next(); requests !== undefined; requests = server.next()) {
      // Of a cohort that is empty, the round that comes after those before.
      const round = roundOf(requests) ?? lineOf(totals, stage.name).rounds;
      const optional = server.optional?.() ?? false;
      const check = (client: string, reply: Message) => server.check?.(client, reply);
      const asked = { stage, round, requests, optional, check };
      const replies = await askCohort(asked, exchange, totals, onEvent);
      await server.receive(replies);
      totals.numRounds += 1;
      lineOf(totals, stage.name).rounds += 1;
      onEvent({ kind: "round-end", stage: stage.name, round });
      await checkpoint(writeServerState(index, server, results, totals), totals.numRounds);
      if (signal.aborted) return { kind: "stopped" };
    }
    if (server.result) results.set(stage.name, server.result());
    onEvent({ kind: "stage-end", stage: stage.name });
  }
  const traffic = totals.stages.map((line) => ({ ...line, arrays: sorted(line.arrays) }));
  const sum = (bytes: (line: StageTraffic) => number) =>
    traffic.reduce((total, line) => total + bytes(line), 0);
  return {
    kind: "done",
    bytesUp: sum((line) => line.bytesUp),
    bytesDown: sum((line) => line.bytesDown),
    stages: traffic,
    results,
  };
}

/** Whether a run was interrupted, or who answered first, changes no order. */
function sorted<T>(entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Undefined where nobody is asked. */
function roundOf(requests: ReadonlyMap<string, Message>): number | undefined {
  return requests.size === 0
    ? undefined
    : Math.max(...[...requests.values()].map((request) => request.round));
}

interface AskedRound {
  readonly stage: Stage;
  readonly round: number;
  readonly requests: ReadonlyMap<string, Message>;
  readonly optional: boolean;
  readonly check: (client: string, reply: Message) => void;
}

/** The answers of a round, in sorted client order. */
async function askCohort(
  { stage, round, requests, optional, check }: AskedRound,
  exchange: ExchangeRound,
  totals: Totals,
  onEvent: (event: ServerEvent) => void,
): Promise<ReadonlyMap<string, Message>> {
  const cohort = [...requests.keys()].sort();
  onEvent({ kind: "round-start", stage: stage.name, round, clients: cohort });
  // One message for the whole cohort is encoded once.
  const encodings = new Map<Message, Uint8Array>();
  const encoded = (request: Message) => {
    const bytes = encodings.get(request) ?? encodeMessage(guardRequest(stage, request));
    encodings.set(request, bytes);
    return bytes;
  };
  const bytesOf = new Map(cohort.map((client) => [client, encoded(requests.get(client)!)]));
  const replies = new Map<string, Message>();
  await exchange({
    stage: stage.name,
    round,
    requests: bytesOf,
    optional,
    check,
    take: (client, up) => {
      const message = up instanceof Uint8Array ? decodeMessage(up) : openMessage(up);
      const reply = guardAnswer(stage, requests.get(client)!, message);
      replies.set(client, reply);
      const down = bytesOf.get(client)!;
      const line = lineOf(totals, stage.name);
      line.answers += 1;
      line.bytesDown += down.length;
      line.bytesUp += up.length;
      line.largestUp = Math.max(line.largestUp, up.length);
      line.largestDown = Math.max(line.largestDown, down.length);
      countArrays(line, requests.get(client)!, "down");
      countArrays(line, reply, "up");
      onEvent({
        kind: "reply",
        stage: stage.name,
        round,
        client,
        metadata: reply.metadata,
        bytesUp: up.length,
        bytesDown: down.length,
      });
    },
  });
  return new Map(
    cohort.flatMap((client) => {
      const reply = replies.get(client);
      return reply === undefined ? [] : [[client, reply] as const];
    }),
  );
}

function countArrays({ arrays }: StageTotals, message: Message, direction: "up" | "down"): void {
  for (const [name, array] of Object.entries(message.arrays))
    (arrays[name] ??= { up: 0, down: 0 })[direction] += sizeInBytes(array);
}

function writeServerState(
  stage: number,
  server: StageServer,
  results: ReadonlyMap<string, SavedState>,
  totals: Totals,
): Uint8Array {
  const arrays: Record<string, WireArray> = {};
  const put = (prefix: string, state: SavedState) => {
    for (const [name, array] of Object.entries(state.arrays)) arrays[prefix + name] = array;
    return state.metadata;
  };
  const saved = put("stage/", server.save());
  const left = Object.fromEntries(
    [...results].map(([name, state]) => [name, put(`result/${name}/`, state)]),
  );
  return encodeState({ arrays, metadata: { stage, saved, results: left, totals } });
}

function readServerState(bytes: Uint8Array) {
  const { arrays, metadata } = decodeState(bytes);
  const { stage, saved, results, totals } = metadata as {
    readonly stage: number;
    readonly saved: Record<string, unknown>;
    readonly results: Record<string, Record<string, unknown>>;
    readonly totals: Totals;
  };
  const take = (prefix: string, of: Record<string, unknown>): SavedState => ({
    arrays: Object.fromEntries(
      Object.entries(arrays)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, array]) => [name.slice(prefix.length), array]),
    ),
    metadata: of,
  });
  return {
    stage,
    totals,
    saved: take("stage/", saved),
    results: Object.entries(results).map(
      ([name, of]) => [name, take(`result/${name}/`, of)] as const,
    ),
  };
}
