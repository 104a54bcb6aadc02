import type { SavedState } from "../../../federation/stage.ts";

type Memories = ReadonlyMap<string, Float64Array>;

const PREFIX = "memory:";

/** The clients' memories as the coordinator's state keeps them. */
export function memoryOf({ arrays }: SavedState): Memories {
  return new Map(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, { data }]) => [name.slice(PREFIX.length), data as Float64Array]),
  );
}

/** M_k <- decay M_k + D_k for the clients of the round; the others' stay. */
export function remember(
  memories: Memories,
  clients: readonly string[],
  updates: readonly Float64Array[],
  decay: number,
): Map<string, Float64Array> {
  const next = new Map(memories);
  clients.forEach((client, k) => {
    const before = memories.get(client);
    next.set(
      client,
      before === undefined ? updates[k]! : updates[k]!.map((x, i) => decay * before[i]! + x),
    );
  });
  return next;
}
