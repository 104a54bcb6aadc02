import { uniformBelow, type RandomStream } from "../random/index.ts";

/** `count` distinct clients, every subset equally likely, in sorted order. */
export function sampleCohort(
  clients: readonly string[],
  count: number,
  stream: RandomStream,
): string[] {
  const pool = [...clients].sort();
  const size = Math.min(count, pool.length);
  for (let i = 0; i < size; i++) {
    const j = i + uniformBelow(stream, pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, size).sort();
}
