import type { SavedState } from "../../federation/stage.ts";
import type { WireArray } from "../../federation/types.ts";
import type { ParameterLayout } from "../../tensor/index.ts";
import type { Block } from "./blocks.ts";
import { prefixed } from "./named.ts";

type Arrays = Readonly<Record<string, WireArray>>;

/** The parameters of a block of a flat vector, under names and shapes of their own: windows, not copies. */
export function parametersIn(
  { ranges }: Block,
  { views }: ParameterLayout,
  data: Float32Array,
): Record<string, WireArray> {
  const named: Record<string, WireArray> = {};
  let at = 0;
  for (const { name, shape, offset, length } of views) {
    const isIn = ranges.some(
      (range) => range.offset <= offset && offset + length <= range.offset + range.length,
    );
    if (!isIn) continue;
    named[name] = { shape, data: data.subarray(at, at + length) };
    at += length;
  }
  return named;
}

/**
 * The states that a server would send next, as arrays to keep: under their own names where all clients have the same
 * one, else under `client:NAME/`.
 */
export function heldStates(
  states: ReadonlyMap<string, Arrays>,
  named: (state: Arrays) => Arrays,
): Record<string, WireArray> {
  const distinct = new Map([...new Set(states.values())].map((state) => [state, named(state)]));
  if (distinct.size <= 1) return { ...distinct.values().next().value };
  return Object.assign(
    {},
    ...[...states].map(([client, state]) => prefixed(`client:${client}/`, distinct.get(state)!)),
  ) as Record<string, WireArray>;
}

/** The global model that a method's stages left on the server, `STAGE/ARRAY`; undefined where there is none. */
export function globalModelIn(results: ReadonlyMap<string, SavedState>): SavedState | undefined {
  const arrays: Record<string, WireArray> = Object.assign(
    {},
    ...[...results].map(([stage, left]) => prefixed(`${stage}/`, left.arrays)),
  );
  if (Object.keys(arrays).length === 0) return undefined;
  const { vocabularies } = results.get("vocabulary")?.metadata ?? {};
  return {
    arrays,
    metadata: {
      schema: "atoll/global-model/v1",
      // Which value of a shared feature is in which row of its table.
      ...(vocabularies !== undefined && { vocabularies }),
    },
  };
}
