/** What augmentation may do: say what items are, say who a user is, lengthen the user's sequences. */
export const STAGES = ["items", "profiles", "sequences"] as const;

export type AugmentationStage = (typeof STAGES)[number];

/** What augmentation says of one user in one domain: items of that domain that the user never had. */
export interface Picked {
  /** Items that would please, best first: they lengthen the augmented sequence. */
  readonly liked: readonly number[];
  /** Items that would not: negatives of the user's training. */
  readonly disliked: readonly number[];
}

/** One user's own training events: all that an augmenter may know of the user. */
export interface UserHistory {
  /** Names the user for streams; says nothing of the user. */
  readonly user: number;
  /** Items of all domains, or of the one that a silo has; oldest first. */
  readonly items: readonly number[];
  /** Days from each event to the latest of them: 0 for the latest. */
  readonly ages: readonly number[];
}

export interface PickRequest {
  readonly history: UserHistory;
  readonly domain: number;
  /** Items of the domain that the user had in no event. */
  readonly candidates: readonly number[];
}

/** Where augmentation comes from. Runs inside a client; nothing of it is ever sent to the server. */
export interface Augmenter {
  readonly name: string;
  /** Words for each of the items, in terms that hold in every domain; undefined where there is nothing to say. */
  readonly describe: (items: readonly number[]) => Promise<readonly (string | undefined)[]>;
  /** Words for a user. */
  readonly profile: (history: UserHistory) => Promise<string | undefined>;
  readonly pick: (request: PickRequest) => Promise<Picked>;
}

/** Texts as vectors. */
export interface TextVectorizer {
  readonly dimensions: number;
  /** [texts, dimensions], each of Euclidean length 1, or 0 where the text says nothing. */
  readonly vectorize: (texts: readonly string[]) => Promise<Float32Array>;
}
