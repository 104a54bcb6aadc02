import type { ChunkSizes } from "../../models/cross-domain/types.ts";

/** What the sizes of a chunk follow from. */
export interface SizesOptions extends Pick<
  ChunkSizes,
  | "users"
  | "domains"
  | "length"
  | "domainLength"
  | "negatives"
  | "width"
  | "publicWidth"
  | "learnedRows"
  | "profileWidth"
  | "requestNumbers"
> {
  /** Most items that augmentation likes for one user in one domain; 0: nothing is augmented. */
  readonly liked: number;
}

/**
 * Places enough for any user. Of the latest L + 1 events n_x inputs may be of domain x, whose own sequence
 * then reaches max(0, X - n_x) events further back; that is most where all inputs are of one domain:
 *
 *   R = L + 1 + (D - 1) X + max(0, X - L) + D liked,   T = L + D liked
 */
export function chunkSizesOf({ liked, ...options }: SizesOptions): ChunkSizes {
  const { domains, length, domainLength } = options;
  const further = (domains - 1) * domainLength + Math.max(0, domainLength - length);
  return {
    ...options,
    targets: length + domains * liked,
    own: length + 1 + further + domains * liked,
    augmented: liked > 0,
  };
}
