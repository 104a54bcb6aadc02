import type { RandomStream } from "../../random/index.ts";
import { NO_MEMORY, type GlobalState, type Strategy } from "../strategies/strategy.ts";
import type { StrategyUpdate } from "../strategies/strategy.ts";
import type { SavedState } from "../stage.ts";

/** Numbers about one round, for whoever watches: no update can be worked out from them. */
export interface Observation {
  /** By part of the model: pairwise cosines of the clients' updates, rows and columns as `clients`. */
  readonly cosines?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** By part: row k holds the weights of all clients in what client k receives. */
  readonly weights?: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** By part: each client's mixing weight of the common direction. */
  readonly mixing?: Readonly<Record<string, readonly number[]>>;
  /** Whose rows and columns these are. */
  readonly clients: readonly string[];
}

export interface CoordinationRound {
  /** The names of all clients, sorted. */
  readonly clients: readonly string[];
  /** What every client has been sent last; those of `updates` started the round from it. */
  readonly sent: ReadonlyMap<string, GlobalState>;
  /** What came back, in the order of client names; clients that dropped out are absent. */
  readonly updates: readonly StrategyUpdate[];
  readonly stream: RandomStream;
}

export interface Coordination {
  /** What every client receives next; one object for several clients is encoded once. */
  readonly next: ReadonlyMap<string, GlobalState>;
  readonly state: SavedState;
  readonly observed?: Observation;
}

/** How the server turns updates into what each client receives next. Pure; its memory is an explicit value. */
export interface Coordinator {
  /** What clients start from; `initial` is the same for all. */
  readonly begin: (initial: GlobalState, clients: readonly string[]) => Coordination;
  readonly step: (round: CoordinationRound, state: SavedState) => Coordination;
  /** Refuses (UPDATE_INVALID) an update that lacks what `step` needs beside the arrays that were sent. */
  readonly check?: (update: StrategyUpdate) => void;
}

/** The same state for every client. */
export function forAll(clients: readonly string[], state: GlobalState): Map<string, GlobalState> {
  return new Map(clients.map((client) => [client, state]));
}

/** A rule that knows one global state, as a coordinator that sends it to everybody. */
export function everyone(strategy: Strategy): Coordinator {
  return {
    begin: (initial, clients) => ({
      next: forAll(clients, initial),
      state: strategy.init(initial),
    }),
    step: ({ clients, sent, updates }, state) => {
      const global = sent.values().next().value;
      if (global === undefined) return { next: new Map(), state };
      const [next, memory] = strategy.step(global, updates, state);
      return { next: forAll(clients, next), state: memory };
    },
  };
}

/** A coordinator without memory that gives every client what `step` says. */
export function memoryless(
  step: (round: CoordinationRound) => Omit<Coordination, "state">,
): Coordinator {
  return {
    begin: (initial, clients) => ({ next: forAll(clients, initial), state: NO_MEMORY }),
    step: (round, state) => ({ ...step(round), state }),
  };
}
