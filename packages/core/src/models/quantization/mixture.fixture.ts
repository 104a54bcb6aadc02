import { normal, streamOf, uniformBelow } from "../../random/index.ts";

/** Vectors around cluster centres, far apart beside their spread. */
export interface Mixture {
  readonly inputs: number;
  /** [n * inputs] */
  readonly vectors: Float32Array;
  /** [n] */
  readonly cluster: Int32Array;
  /** [clusters * inputs] */
  readonly centres: Float32Array;
}

export function mixture(
  seed: number,
  {
    n,
    inputs,
    clusters,
  }: { readonly n: number; readonly inputs: number; readonly clusters: number },
): Mixture {
  const random = streamOf(seed, "mixture");
  const centres = Float32Array.from({ length: clusters * inputs }, () => 2 * normal(random));
  const cluster = Int32Array.from({ length: n }, () => uniformBelow(random, clusters));
  const vectors = Float32Array.from(
    { length: n * inputs },
    (_, at) =>
      centres[cluster[Math.floor(at / inputs)]! * inputs + (at % inputs)]! + 0.1 * normal(random),
  );
  return { inputs, vectors, cluster, centres };
}

/** Share of vectors whose group's most frequent cluster is theirs, groups being equal labels. */
export function purity(labels: ArrayLike<number | string>, cluster: Int32Array): number {
  const counts = new Map<number | string, Map<number, number>>();
  for (let i = 0; i < cluster.length; i++) {
    const own = counts.get(labels[i]!) ?? new Map<number, number>();
    counts.set(labels[i]!, own.set(cluster[i]!, (own.get(cluster[i]!) ?? 0) + 1));
  }
  let hits = 0;
  for (const own of counts.values()) hits += Math.max(...own.values());
  return hits / cluster.length;
}
