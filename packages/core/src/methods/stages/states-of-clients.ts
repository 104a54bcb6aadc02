import type { GlobalState } from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import { prefixed, unprefixed } from "./named.ts";

/** The states of clients as one saved state: what several clients have in common is written once. */
export function saveStates(states: ReadonlyMap<string, GlobalState>): {
  readonly arrays: Readonly<Record<string, WireArray>>;
  /** By client, the number of its state. */
  readonly of: Readonly<Record<string, number>>;
} {
  const distinct = [...new Set(states.values())];
  return {
    arrays: Object.assign(
      {},
      ...distinct.map((state, number) => prefixed(`state${number}:`, state)),
    ) as Record<string, WireArray>,
    of: Object.fromEntries([...states].map(([client, state]) => [client, distinct.indexOf(state)])),
  };
}

/** What `saveStates` wrote: clients with one state share the object again. */
export function restoreStates(
  arrays: Readonly<Record<string, WireArray>>,
  of: Readonly<Record<string, number>>,
): Map<string, GlobalState> {
  const read = new Map<number, GlobalState>();
  return new Map(
    Object.entries(of).map(([client, number]) => {
      const state = read.get(number) ?? unprefixed(`state${number}:`, arrays);
      read.set(number, state);
      return [client, state];
    }),
  );
}
