/** What the platform has to give: a cryptographic source, and multiplication on a curve. */
export interface Cryptography {
  /** Bytes that nobody can foretell. */
  readonly randomBytes: (count: number) => Uint8Array;
  /**
   * A stream of bytes that belongs to a 32-byte secret and a label: the same for the same two, and nothing that
   * can be foretold without the secret.
   */
  readonly keyedBytes: (secret: Uint8Array, label: string) => (count: number) => Uint8Array;
  /** A fresh secret, or the given one, and what it does to values. */
  readonly createBlinding: (secret?: Uint8Array) => Blinding;
}

/**
 * Commutative blinding: points of P-256 times a secret number. Whoever applies the secrets of several
 * parties to a value, in whatever order, gets the same point, and nobody can take a secret off again.
 */
export interface Blinding {
  /** For the party's own saved state, so that a stopped run can go on; never for a message. */
  readonly secret: Uint8Array;
  /** Values to points times the secret, [values * 32]: x coordinates. */
  readonly blindValues: (values: readonly string[]) => Uint8Array;
  /** Points, [n * 32], times the secret; refuses what is no point. */
  readonly blindPoints: (points: Uint8Array) => Uint8Array;
}
