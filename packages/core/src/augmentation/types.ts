/** What augmentation says of one user in one domain: items of that domain that the user never had in training. */
export interface Picked {
  /** Items that would please, best first: they lengthen the augmented sequence. */
  readonly liked: readonly number[];
  /** Items that would not: negatives of the user's training. */
  readonly disliked: readonly number[];
}

/** What an augmenter may look at: one user's own training events, and a list of candidates. */
export interface PickRequest {
  /** Names the user for caches and streams. */
  readonly user: number;
  readonly domain: number;
  /** The user's training items of all domains, oldest first. */
  readonly history: readonly number[];
  /** Items of the domain that are not in the history. */
  readonly candidates: readonly number[];
}

/** Where liked and disliked items come from. Runs inside a client; nothing of it is ever sent. */
export interface Augmenter {
  readonly name: string;
  readonly pick: (request: PickRequest) => Promise<Picked>;
}
