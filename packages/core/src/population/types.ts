/** Which part of the split an event belongs to. */
export const TRAIN = 0;
export const VALID = 1;
export const TEST = 2;

/**
 * Everybody's events in all domains. A domain is a client's table; users are one person where they carry the
 * same id in several of them. Items are numbered domain after domain.
 */
export interface Population {
  /** Names of the domains, as the splits come. */
  readonly domains: readonly string[];
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** [domains + 1]: the items of domain x are itemStarts[x] to itemStarts[x + 1] - 1. */
  readonly itemStarts: Int32Array;
  /** Public text of every item, empty where there is none; undefined where no column has the role text. */
  readonly itemText: readonly string[] | undefined;
  /** [users + 1]: the events of user u are starts[u] to starts[u + 1] - 1, oldest first. */
  readonly starts: Int32Array;
  /** [events] */
  readonly item: Int32Array;
  /** [events], the time of the request in days since any fixed instant; ascending within a user. */
  readonly days: Float64Array;
  /** [events], TRAIN, VALID or TEST. */
  readonly part: Uint8Array;
  /** By domain, the event of every row of its split. */
  readonly eventOfRow: readonly Int32Array[];
}

/** Training events alone, user by user: all that learning, counting and drawing may look at. */
export interface TrainingEvents {
  /** [users + 1] */
  readonly starts: Int32Array;
  /** [training events] */
  readonly item: Int32Array;
  readonly days: Float64Array;
}
