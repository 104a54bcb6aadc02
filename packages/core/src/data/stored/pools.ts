import { shuffle, type RandomStream } from "../../random/index.ts";
import { CHUNK_ROWS, POOL_CHUNKS } from "./stored-rows.ts";

/**
 * A pass over examples on disk in nearly random order: neighbours of one chunk stay together, chunks come
 * in random order, and so many of them as are held at once are shuffled into one another. `at` are the rows
 * of the examples, ascending.
 */
export function* shuffledPools(at: Int32Array, random: RandomStream): Generator<Int32Array> {
  const starts: number[] = [];
  for (let i = 0; i < at.length; i++)
    if (i === 0 || Math.floor(at[i]! / CHUNK_ROWS) !== Math.floor(at[i - 1]! / CHUNK_ROWS))
      starts.push(i);
  const chunks = Int32Array.from(starts.keys());
  shuffle(random, chunks);
  for (let first = 0; first < chunks.length; first += POOL_CHUNKS) {
    const pool: number[] = [];
    for (const chunk of chunks.subarray(first, first + POOL_CHUNKS))
      for (let i = starts[chunk]!; i < (starts[chunk + 1] ?? at.length); i++) pool.push(i);
    const order = Int32Array.from(pool);
    shuffle(random, order);
    yield order;
  }
}
