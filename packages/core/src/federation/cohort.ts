import { uniformBelow, type RandomBits } from "../random/index.ts";

/** `count` distinct clients, every subset equally likely, in sorted order. */
export function sampleCohort(
  clients: readonly string[],
  count: number,
  stream: RandomBits,
): string[] {
  const pool = [...clients].sort();
  const size = Math.min(count, pool.length);
  for (let i = 0; i < size; i++) {
    const j = i + uniformBelow(stream, pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, size).sort();
}

/**
 * Each client by itself with probability `count` / number of clients, in sorted order: a cohort that may be
 * anything from nobody to all. Every client takes one exact draw, in sorted order.
 */
export function poissonCohort(
  clients: readonly string[],
  count: number,
  stream: RandomBits,
): string[] {
  return [...clients].sort().filter(() => uniformBelow(stream, clients.length) < count);
}
