import { POINT_BYTES } from "./points.ts";

/** What the server tells one party: which points of its list others have too, and as which anchor. */
export interface SharedPoints {
  /** Ascending positions of the party's list. */
  readonly positions: Int32Array;
  /** [positions] */
  readonly ids: Int32Array;
}

export interface JoinedLists {
  readonly shared: ReadonlyMap<string, SharedPoints>;
  readonly numAnchors: number;
}

/**
 * Points that two or more lists hold, once every list carries every secret. Anchors are numbered in the
 * order of their points, which is as good as drawn: neither the order of anybody's list nor anything about
 * an item decides it.
 */
export function joinLists(lists: ReadonlyMap<string, Uint8Array>): JoinedLists {
  const keys = new Map([...lists].map(([owner, points]) => [owner, keysOf(points)]));
  const holders = new Map<string, number>();
  // A point that one list holds twice counts once.
  for (const own of keys.values())
    for (const key of new Set(own)) holders.set(key, (holders.get(key) ?? 0) + 1);
  const anchors = [...holders].filter(([, count]) => count >= 2).map(([key]) => key);
  const idOf = new Map(anchors.toSorted(byCode).map((key, id) => [key, id]));
  const shared = new Map<string, SharedPoints>();
  for (const [owner, own] of keys) {
    const positions: number[] = [];
    const ids: number[] = [];
    const met = new Set<number>();
    own.forEach((key, position) => {
      const id = idOf.get(key);
      if (id === undefined || met.has(id)) return;
      met.add(id);
      positions.push(position);
      ids.push(id);
    });
    shared.set(owner, { positions: Int32Array.from(positions), ids: Int32Array.from(ids) });
  }
  return { shared, numAnchors: anchors.length };
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** One character per byte. */
function keysOf(points: Uint8Array): string[] {
  return Array.from({ length: points.length / POINT_BYTES }, (_, i) =>
    String.fromCharCode(...points.subarray(i * POINT_BYTES, (i + 1) * POINT_BYTES)),
  );
}
