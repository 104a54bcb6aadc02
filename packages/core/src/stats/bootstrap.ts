import { streamOf, uniformBelow } from "../random/index.ts";

/** How often each user of a client is drawn in each bootstrap sample: the same draw for every method. */
export interface UserDraws {
  readonly samples: number;
  /**
   * For each vector [numUsers] of influences: sum over users of (m_u - 1) influence_u, by sample. Only
   * users with `present` 1 are drawn, as many as there are.
   */
  readonly deltas: (vectors: readonly Float64Array[]) => Float64Array[];
}

/**
 * Multinomial draws of a client's users with replacement. The draws depend on the name of the client
 * alone, so intervals and comparisons of all methods and metrics see the same samples.
 */
export function userDraws(present: Uint8Array, samples: number, client: string): UserDraws {
  const users: number[] = [];
  for (let u = 0; u < present.length; u++) if (present[u] === 1) users.push(u);
  return {
    samples,
    deltas: (vectors) => {
      const stream = streamOf(0, "bootstrap", "users", client);
      const out = vectors.map(() => new Float64Array(samples));
      const compact = vectors.map((vector) => Float64Array.from(users, (u) => vector[u]!));
      const totals = compact.map((vector) => vector.reduce((sum, value) => sum + value, 0));
      const count = new Uint16Array(users.length);
      for (let sample = 0; sample < samples; sample++) {
        count.fill(0);
        for (let draw = 0; draw < users.length; draw++) count[uniformBelow(stream, users.length)]! += 1;
        for (let v = 0; v < compact.length; v++) {
          const vector = compact[v]!;
          let sum = 0;
          for (let u = 0; u < users.length; u++) sum += count[u]! * vector[u]!;
          out[v]![sample] = sum - totals[v]!;
        }
      }
      return out;
    },
  };
}

/** Which seeds each bootstrap sample holds: [samples * numSeeds], drawn with replacement. */
export function seedDraws(numSeeds: number, samples: number): Int32Array {
  const stream = streamOf(0, "bootstrap", "seeds");
  return Int32Array.from({ length: samples * numSeeds }, () => uniformBelow(stream, numSeeds));
}
