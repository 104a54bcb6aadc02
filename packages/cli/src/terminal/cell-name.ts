import type { CellKey } from "@atoll/network/protocol";

/** A training as its reader knows it. */
export function cellName({ method, seed }: Pick<CellKey, "method" | "seed">): string {
  return `${method} seed ${seed}`;
}

/** A run's id in brief. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** Which round of which stage, counted from 1 as people do. */
export function roundName(stage: string, round: number): string {
  return stage === "train" ? `round ${round + 1}` : `${stage} ${round + 1}`;
}
